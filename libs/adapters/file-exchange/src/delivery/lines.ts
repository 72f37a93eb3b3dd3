import type { JsonObject } from "@dovetail/domain";
import { openReader } from "../format/reader";
import type { FileSession } from "../session";
import type { FileSet } from "../sets";
import type { Delivery } from "./delivery";

/** Lines by the key of their document, per member that lists them. */
export class Lines {
  private readonly byMember: Map<string, JsonObject[]>[];
  private readonly used = new Set<string>();

  constructor(private readonly members: readonly string[]) {
    this.byMember = members.map(() => new Map());
  }

  add(member: number, key: string, line: JsonObject): void {
    const map = this.byMember[member];
    const list = map?.get(key);
    if (list) list.push(line);
    else map?.set(key, [line]);
  }

  /** Puts the lines of a document into it. */
  join(key: string, document: JsonObject): void {
    this.used.add(key);
    this.members.forEach((member, index) => {
      document[member] = this.byMember[index]?.get(key) ?? [];
    });
  }

  /** Keys whose lines no document took, in order of their appearance. */
  orphans(): string[] {
    return [...new Set(this.byMember.flatMap((map) => [...map.keys()]))].filter((key) => !this.used.has(key));
  }
}

/** Every line of a delivery with the key of its document, in order of the files. */
export async function* linesOf(
  session: FileSession,
  set: FileSet,
  delivery: Delivery,
): AsyncGenerator<{ member: number; key: string; line: JsonObject }[]> {
  for (const [member, child] of set.children.entries()) {
    const path = delivery.children[member]?.path ?? "";
    const reader = await openReader(session.files, path, child.layout, child.parentKey);
    for await (const records of reader.records())
      yield records.map(({ values }) => ({ member, key: joinedKey(values, child.parentKey), line: values }));
  }
}

/** The columns of a key as one text. */
export function joinedKey(values: JsonObject, names: readonly string[]): string {
  return names.map((name) => text(values[name])).join("|");
}

function text(value: unknown): string {
  return value === null || value === undefined ? "" : String(value).trim();
}
