/** Offset of a zone from UTC in minutes at an instant (ms). */
export type OffsetAt = (utc: number) => number;

const FIXED = /^([+-])(\d\d):?(\d\d)$/;

/** `UTC`, `Z`, `+02:00` or an IANA name; undefined when there is no such zone. */
export function zoneOffset(zone: string): OffsetAt | undefined {
  if (zone === "UTC" || zone === "Z") return () => 0;
  const fixed = FIXED.exec(zone);
  if (fixed) {
    const minutes = (Number(fixed[2]) * 60 + Number(fixed[3])) * (fixed[1] === "-" ? -1 : 1);
    return () => minutes;
  }
  try {
    return ianaOffset(
      new Intl.DateTimeFormat("en-US", {
        timeZone: zone,
        hourCycle: "h23",
        year: "numeric",
        month: "numeric",
        day: "numeric",
        hour: "numeric",
        minute: "numeric",
        second: "numeric",
      }),
    );
  } catch {
    return undefined;
  }
}

function ianaOffset(format: Intl.DateTimeFormat): OffsetAt {
  return (utc) => {
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(utc)) part[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Math.round((Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(utc / 1000) * 1000) / 60_000);
  };
}

/** The instant of a wall-clock time. A time that the clocks show twice is the earlier one. */
export function instantOf(wall: number, offsetAt: OffsetAt): number {
  const early = wall - offsetAt(wall - 86_400_000) * 60_000;
  if (early + offsetAt(early) * 60_000 === wall) return early;
  const late = wall - offsetAt(wall + 86_400_000) * 60_000;
  return late + offsetAt(late) * 60_000 === wall ? late : early;
}
