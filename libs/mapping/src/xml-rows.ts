import type { Json, JsonObject } from "@dovetail/domain";
import { evaluateXPath, evaluateXPathToNodes, parseScript } from "fontoxpath";
import { Document, parseXmlDocument, type Element, type Node } from "slimdom";
import { RuleProblem, ValueFailure } from "./failures";

/** What is read from an XML row: a value per path, and for lists and objects the same below each node. */
export interface Extraction {
  path: string;
  /** Every match, as a list. */
  many: boolean;
  below?: readonly Extraction[];
}

type Namespaces = Readonly<Record<string, string>>;

/** Throws RuleProblem, with the position, for text that is no XPath. */
export function checkXPath(path: string, namespaces: Namespaces): void {
  try {
    parseScript(path, options(namespaces), new Document());
  } catch (error) {
    throw new RuleProblem("erpField", "path", `not an XPath: ${String((error as Error).message).slice(0, 300)}`, path);
  }
}

/** Turns an XML row into members named by their paths. Throws ValueFailure for XML that is refused or broken. */
export function extractXml(xml: string, wanted: readonly Extraction[], namespaces: Namespaces): JsonObject {
  if (hasInternalSubset(xml)) throw new ValueFailure("xml", "a DOCTYPE with an internal subset is refused", "ERP008");
  let document: Document;
  try {
    document = parseXmlDocument(xml);
  } catch (error) {
    throw new ValueFailure("xml", `not well-formed XML: ${String((error as Error).message).slice(0, 200)}`, "ERP008");
  }
  const root = document.documentElement;
  if (root === null) throw new ValueFailure("xml", "an XML document without an element", "ERP008");
  try {
    return below(root, wanted, namespaces);
  } catch (error) {
    throw new ValueFailure("path", String((error as Error).message).slice(0, 200));
  }
}

function below(node: Node, wanted: readonly Extraction[], namespaces: Namespaces): JsonObject {
  const row: JsonObject = {};
  for (const { path, many, below: members } of wanted) {
    if (members !== undefined) {
      const nodes = evaluateXPathToNodes<Element>(path, node, null, null, options(namespaces));
      if (nodes.length > 0) row[path] = nodes.map((each) => below(each, members, namespaces));
    } else {
      const values = evaluateXPath(path, node, null, null, evaluateXPath.ALL_RESULTS_TYPE, options(namespaces));
      if (values.length > 0) row[path] = many ? values.map(scalar) : scalar(values[0]);
    }
  }
  return row;
}

function scalar(value: unknown): Json {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  const node = value as { nodeType?: number; value?: string; textContent?: string | null };
  if (node.nodeType === 2) return node.value ?? "";
  return node.textContent ?? String(value);
}

function options(namespaces: Namespaces) {
  return { namespaceResolver: (prefix: string) => namespaces[prefix] ?? (prefix === "" ? "" : null) };
}

/** Looks at the prolog alone; an internal subset can define entities that grow without limit. */
function hasInternalSubset(xml: string): boolean {
  let at = 0;
  const skip = /\uFEFF|\s+|<\?[^]*?\?>|<!--[^]*?-->/y;
  for (;;) {
    skip.lastIndex = at;
    if (skip.exec(xml) === null) break;
    at = skip.lastIndex;
  }
  const doctype = /<!DOCTYPE(?:[^"'[>]|"[^"]*"|'[^']*')*([[>]?)/y;
  doctype.lastIndex = at;
  const match = doctype.exec(xml);
  return match !== null && match[1] !== ">";
}
