import { type Element, parseXmlDocument } from "slimdom";

/** The texts of child elements or @attributes of a record, and those that it lacks; `broken` when it is no XML. */
export function keyOfXml(
  xml: string,
  names: readonly string[],
): { values: string[]; missing: string[]; broken?: string } {
  let root: Element | null;
  try {
    root = parseXmlDocument(xml).documentElement;
  } catch (error) {
    return { values: [], missing: [...names], broken: String((error as Error).message).slice(0, 200) };
  }
  const found = names.map((name) => {
    if (name.startsWith("@")) return root?.getAttribute(name.slice(1)) ?? "";
    return (
      root?.children.find((child) => child.localName === name || child.nodeName === name)?.textContent?.trim() ?? ""
    );
  });
  return { values: found, missing: names.filter((_, index) => found[index] === "") };
}
