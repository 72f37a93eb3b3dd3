import { SetAside } from "../refusal";

const MAX_RECORD = 8 * 1024 * 1024;
/** What hides tags, by how it begins and ends. */
const HIDING: readonly [string, string][] = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", "?>"],
  ["<!", ">"],
];

interface Open {
  name: string;
  /** Its namespace declarations, so that a record can stand alone. */
  spaces: string[];
}

/** Cuts the elements of one name out of a document that arrives in parts; only one of them is held at a time. */
export class XmlSplitter {
  private text = "";
  private at = 0;
  /** Where the record that is being read begins; below zero: between records. */
  private begun = -1;
  private readonly open: Open[] = [];
  private seenRoot = false;

  constructor(
    private readonly element: string,
    private readonly name: string,
  ) {}

  take(text: string): string[] {
    this.text += text;
    const records: string[] = [];
    for (let end = this.tokenEnd(records); end >= 0; end = this.tokenEnd(records)) this.at = end;
    const keep = this.begun >= 0 ? this.begun : this.at;
    this.text = this.text.slice(keep);
    this.at -= keep;
    if (this.begun >= 0) this.begun = 0;
    if (this.text.length > MAX_RECORD) throw new SetAside(`${this.name}: a ${this.element} is longer than 8 MiB`);
    return records;
  }

  finish(): void {
    if (this.open.length > 0) throw new SetAside(`${this.name} is truncated: ${this.open.at(-1)?.name} is not closed`);
    if (!this.seenRoot) throw new SetAside(`${this.name} holds no XML element`);
  }

  /** Takes the next token if all of it is here: where it ends, or -1. */
  private tokenEnd(records: string[]): number {
    const { text } = this;
    const start = text.indexOf("<", this.at);
    if (start < 0) {
      this.at = text.length;
      return -1;
    }
    this.at = start;
    // `<![CDATA[` may be cut anywhere.
    if (text.length - start < 9 && !text.includes(">", start)) return -1;
    const hiding = HIDING.find(([opening]) => text.startsWith(opening, start));
    if (hiding) {
      const end = text.indexOf(hiding[1], start + hiding[0].length);
      if (end >= 0 && hiding[0] === "<!" && text.slice(start, end).includes("["))
        throw new SetAside(`${this.name}: a DOCTYPE with an internal subset is refused`);
      return end < 0 ? -1 : end + hiding[1].length;
    }
    const end = tagEnd(text, start);
    if (end >= 0) this.tag(start, end, records);
    return end;
  }

  private tag(start: number, end: number, records: string[]): void {
    const body = this.text.slice(start + 1, end - 1);
    if (body.startsWith("/")) return this.close(body.slice(1).trim(), end, records);
    const name = /^[^\s/]+/.exec(body)?.[0] ?? "";
    const starts = this.begun < 0 && name === this.element;
    if (starts) this.begun = start;
    this.seenRoot = true;
    this.open.push({ name, spaces: body.match(/xmlns(?::[\w.-]+)?\s*=\s*(?:"[^"]*"|'[^']*')/g) ?? [] });
    if (body.endsWith("/")) this.close(name, end, records);
  }

  private close(name: string, end: number, records: string[]): void {
    const closed = this.open.pop();
    if (closed?.name !== name)
      throw new SetAside(`${this.name} is broken: </${name}> closes ${closed?.name ?? "nothing"}`);
    if (this.begun < 0 || name !== this.element || this.open.some((above) => above.name === this.element)) return;
    records.push(this.alone(this.text.slice(this.begun, end), closed));
    this.begun = -1;
  }

  private alone(record: string, own: Open): string {
    const declared = new Map<string, string>();
    const label = (space: string) => space.slice(0, space.indexOf("=")).trim();
    for (const above of this.open) for (const space of above.spaces) declared.set(label(space), space);
    for (const space of own.spaces) declared.delete(label(space));
    const spaces = [...declared.values()].map((space) => ` ${space}`).join("");
    return `<${this.element}${spaces}${record.slice(this.element.length + 1)}`;
  }
}

/** Behind the `>` of a tag; one inside an attribute's quotes does not end it. */
function tagEnd(text: string, start: number): number {
  let quote = "";
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at] as string;
    if (quote !== "") quote = char === quote ? "" : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === ">") return at + 1;
  }
  return -1;
}
