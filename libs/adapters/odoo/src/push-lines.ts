import { AdapterError, type Raw } from "@dovetail/adapter-sdk";
import type { Json, JsonObject } from "@dovetail/domain";
import { encodeLine } from "./encode";
import { isObject, refusal } from "./errors";
import { rankOf } from "./line-numbers";
import type { ChildModel, OdooModel } from "./model";
import { readRows } from "./reader";
import type { OdooSession } from "./session";
import type { Fields } from "./values";

/** The one list of lines that a document of this model is written with. */
export function lineList(model: OdooModel): ChildModel | undefined {
  return model.children?.find((child) => child.as === "_lines");
}

/** Lines of a document that does not exist yet. */
export async function newLines(session: OdooSession, child: ChildModel, lines: Json): Promise<Json[]> {
  const fields = await session.fields(child.model);
  const commands: Json[] = [];
  for (const line of linesOf(lines)) commands.push(await newLine(session, fields, line));
  return commands;
}

/** Members without a value are left to Odoo, which fills in unit, text and date. */
async function newLine(session: OdooSession, fields: Fields, line: JsonObject): Promise<Json> {
  const given = Object.fromEntries(Object.entries(line).filter(([, value]) => value !== null));
  return [0, 0, { ...(await encodeLine(session, fields, given)), sequence: rankOf(line["_line"]) }];
}

/**
 * Commands that bring the lines of a document to what is given, all of them: (0) create, (1) change, (2) remove.
 * The document is read first: only differences are sent, and lines that an Odoo user added since the version that the
 * caller knows are not taken away.
 */
export async function changedLines(
  session: OdooSession,
  model: OdooModel,
  child: ChildModel,
  document: { id: number; version?: string; lines: Json },
): Promise<Json[]> {
  const [now] = await readRows(session, model, { domain: [["id", "=", document.id]] });
  if (!now) throw gone();
  if (document.version !== undefined && now.version !== document.version) throw moved();
  if (now.childrenComplete === false) throw moved();
  const fields = await session.fields(child.model);
  const present = new Map(currentLines(now, child).map((line) => [String(line["_line"]), line]));
  const commands: Json[] = [];
  for (const line of linesOf(document.lines)) {
    const old = present.get(String(line["_line"]));
    present.delete(String(line["_line"]));
    if (old) {
      const changes = await differences(session, fields, old, line);
      if (Object.keys(changes).length > 0) commands.push([1, Number(old["id"]), changes]);
    } else commands.push(await newLine(session, fields, line));
  }
  for (const old of present.values()) commands.push([2, Number(old["id"])]);
  return commands;
}

/** Compares in Odoo's own form: ids of links, UTC times, numbers. */
async function differences(
  session: OdooSession,
  fields: Fields,
  old: JsonObject,
  line: JsonObject,
): Promise<JsonObject> {
  const known: JsonObject = {};
  for (const name of Object.keys(line)) known[name] = old[name] ?? null;
  const before = await encodeLine(session, fields, known);
  const values = await encodeLine(session, fields, line);
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => before[name] !== value));
}

function currentLines(raw: Raw, child: ChildModel): JsonObject[] {
  const lines = (raw.body as JsonObject)[child.as];
  return Array.isArray(lines) ? lines.filter(isObject) : [];
}

function linesOf(value: Json): JsonObject[] {
  if (value === null) return [];
  if (!Array.isArray(value) || !value.every(isObject)) throw refusal("The lines are no list of lines");
  return value;
}

function gone(): AdapterError {
  return new AdapterError("Odoo has no such document any more", {
    category: "NOT_FOUND",
    code: "NOT_FOUND",
    sent: "no",
  });
}

function moved(): AdapterError {
  return new AdapterError("The document changed in Odoo since it was read", {
    category: "CONFLICT",
    code: "CONFLICT",
    sent: "no",
  });
}
