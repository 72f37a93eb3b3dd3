import { types } from "pg";

type Parser = (text: string) => unknown;

const TIMESTAMPTZ = 1184;
const TEXT_ARRAY = 1009;

/** `2026-11-20 12:00:00.123456+00` → `2026-11-20T12:00:00.123Z`; sessions run in UTC. infinity stays as it is. */
function timestamp(text: string): string {
  if (text.endsWith("+00") && text.charCodeAt(10) === 32) {
    const dot = text.indexOf(".", 19);
    const millis =
      dot < 0
        ? "000"
        : text
            .slice(dot + 1, -3)
            .slice(0, 3)
            .padEnd(3, "0");
    return `${text.slice(0, 10)}T${text.slice(11, 19)}.${millis}Z`;
  }
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : date.toISOString();
}

function int8(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

function arrayOf(element: (text: string) => unknown): Parser {
  const texts = types.getTypeParser(TEXT_ARRAY as never) as unknown as (text: string) => unknown;
  const each = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(each) : value === null ? null : element(String(value));
  return (text) => each(texts(text));
}

const same: Parser = (text) => text;

const PARSERS = new Map<number, Parser>([
  [20, int8],
  [1016, arrayOf(int8)],
  [TIMESTAMPTZ, timestamp],
  [1185, arrayOf(timestamp)],
  // date and timestamp without zone: as PostgreSQL writes them, no JavaScript Date in local time.
  [1082, same],
  [1182, arrayOf(same)],
  [1114, same],
  [1115, arrayOf(same)],
]);

/**
 * How column values arrive: timestamptz as ISO text in UTC with milliseconds (`…T12:00:00.123Z`), date as `YYYY-MM-DD`,
 * numeric as text, int8 as number when it is a safe integer and as text otherwise, json and jsonb parsed, bytea as Buffer.
 */
export const valueTypes = {
  getTypeParser(oid: number, format?: "text" | "binary"): Parser {
    const parser = format === "binary" ? undefined : PARSERS.get(oid);
    return parser ?? (types.getTypeParser(oid, format as "text") as Parser);
  },
};
