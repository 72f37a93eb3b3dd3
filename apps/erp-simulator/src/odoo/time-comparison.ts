import { valueError } from "./errors";
import type { Cell, Json, OdooVersion } from "./values";

const READABLE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?))?(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * Comparison of a datetime column, which holds microseconds, with a value of whole seconds.
 * 14 and 17 compare as PostgreSQL does: `>` finds the same second again and `=` finds nothing.
 * 19 takes a value without fraction for the whole second, and refuses a time zone.
 */
export function compareTimes(version: OdooVersion, operator: string, value: Json): (cell: Cell) => boolean {
  if (value === false || value === null) return (cell) => operator === "=" && cell === null;
  const text = String(value);
  const match = READABLE.exec(text);
  if (!match) throw valueError(`time data '${text}' does not match format '%Y-%m-%d %H:%M:%S'`);
  if (version === 19 && match[3]) throw valueError(`expecting only datetimes with no timezone: '${text}'`);
  const low = withMicros(match[1] ?? "", match[2] ?? "00:00:00");
  const wholeSecond = version === 19 && !text.includes(".");
  const high = wholeSecond ? `${low.slice(0, 19)}.999999` : low;
  return (cell) => {
    if (typeof cell !== "string") return false;
    const stored = cell.length === 19 ? `${cell}.000000` : cell;
    switch (operator) {
      case "=":
        return stored >= low && stored <= high;
      case "<":
        return stored < low;
      case "<=":
        return stored <= high;
      case ">":
        return stored > high;
      default:
        return stored >= low;
    }
  };
}

function withMicros(day: string, time: string): string {
  const [clock = "", fraction = ""] = time.split(".");
  return `${day} ${clock.length === 5 ? `${clock}:00` : clock}.${fraction.padEnd(6, "0")}`;
}
