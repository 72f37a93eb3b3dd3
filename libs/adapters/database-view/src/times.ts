import { refusal } from "./refusal";

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    try {
      format = new Intl.DateTimeFormat("en-GB-u-hc-h23", {
        timeZone: zone,
        year: "numeric",
        month: "2-digit",
        day: "2-digit",
        hour: "2-digit",
        minute: "2-digit",
        second: "2-digit",
      });
    } catch {
      throw refusal(`settings.zone ${JSON.stringify(zone)} is no time zone`);
    }
    formats.set(zone, format);
  }
  return format;
}

/** How far a zone is ahead of UTC at a moment, in milliseconds. */
function offsetAt(zone: string, at: number): number {
  if (zone === "UTC") return 0;
  const part = Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const local = Date.UTC(
    part["year"] ?? 0,
    (part["month"] ?? 1) - 1,
    part["day"] ?? 1,
    part["hour"] ?? 0,
    part["minute"] ?? 0,
    part["second"] ?? 0,
  );
  return local - Math.floor(at / 1000) * 1000;
}

const LOCAL = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?$/;

/** A local time of a zone (`2026-01-31T12:00:00.000000`) as ISO 8601 in UTC; other text stays as it is. */
export function toUtc(local: string, zone: string): string {
  const match = LOCAL.exec(local);
  if (!match) return local;
  const [, seconds = "", fraction = ""] = match;
  if (zone === "UTC") return `${seconds}${fraction}Z`;
  const wall = Date.parse(`${seconds}Z`);
  // Twice: the offset at the wall time read as UTC may be that of the other side of a change of the clock.
  const at = wall - offsetAt(zone, wall - offsetAt(zone, wall));
  return `${new Date(at).toISOString().slice(0, 19)}${fraction}Z`;
}

/** A moment as the zone's local time, with its fraction. */
export function toLocal(moment: string, zone: string): string {
  const at = Date.parse(moment);
  if (Number.isNaN(at)) return moment;
  const fraction = /\.\d+/.exec(moment)?.[0] ?? "";
  return `${new Date(at + offsetAt(zone, at)).toISOString().slice(0, 19)}${fraction}`;
}

/** Throws ERP008 when there is no such zone. */
export function checkZone(zone: string): void {
  if (zone !== "UTC") formatOf(zone);
}
