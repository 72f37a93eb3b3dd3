import type { JsonObject } from "@dovetail/domain";

/** Between the values of a plain line, and for a value that is null. */
const BETWEEN = 0x1f;
const NULL = "\u0000";
const JSON_BEGINS = 0x7b;

/**
 * Lines as texts without line ends. Those of CSV and fixed width are values alone, under the columns of the first one:
 * what is not written need not be parsed, and leaves no garbage. Others are JSON.
 */
export class LineText {
  private readonly columns: string[][] = [];

  /** Begins with `{` or with a separator. */
  write(member: number, line: JsonObject): string {
    const columns = (this.columns[member] ??= Object.keys(line));
    let text = "";
    let at = 0;
    for (const name in line) {
      const value = line[name] ?? NULL;
      if (name !== columns[at++] || typeof value !== "string" || !isPlain(value, line[name] === null))
        return JSON.stringify(line);
      text += `\u001f${value}`;
    }
    return at === columns.length && at > 0 ? text : JSON.stringify(line);
  }

  read(member: number, bytes: Buffer, begin: number, end: number): JsonObject {
    if (bytes[begin] === JSON_BEGINS) return JSON.parse(bytes.toString("utf8", begin, end)) as JsonObject;
    const line: JsonObject = {};
    let from = begin + 1;
    for (const name of this.columns[member] ?? []) {
      const next = bytes.indexOf(BETWEEN, from);
      const to = next < 0 || next > end ? end : next;
      line[name] = to - from === 1 && bytes[from] === 0 ? null : bytes.toString("utf8", from, to);
      from = to + 1;
    }
    return line;
  }
}

function isPlain(value: string, isNull: boolean): boolean {
  return isNull || !/[\u0000\n\u001f]/.test(value);
}
