import { DATE_PATTERN, DATETIME_PATTERN } from "./patterns";

const DATE = new RegExp(DATE_PATTERN);
const DATETIME = new RegExp(DATETIME_PATTERN);
/** What most sources send: nothing to check further and nothing to change. */
const USUAL =
  /^[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{0,8}[1-9])?Z$/;
const NORMAL = /^[^.]{19}(?:\.[0-9]*[1-9])?Z$/;

/** Whether a text is a day of the Gregorian calendar, `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  return DATE.test(text) && isDayOfMonth(text);
}

/** Whether a text is RFC 3339 with zone. Leap seconds are refused: PostgreSQL and Date would move them. */
export function isDatetime(text: string): boolean {
  return DATETIME.test(text) && isDayOfMonth(text);
}

/** The same instant in UTC with `Z`, without needless zeros of the second's fraction; undefined when it is no instant. */
export function normaliseDatetime(text: string): string | undefined {
  if (USUAL.test(text)) return text;
  if (!isDatetime(text)) return undefined;
  if (NORMAL.test(text)) return text;
  const zone = text.endsWith("Z") ? "Z" : text.slice(-6);
  const fraction = text.slice(19, -zone.length).replace(/\.?0+$/, "");
  const seconds = zone === "Z" ? text.slice(0, 19) : toUtc(text.slice(0, 19) + zone);
  return seconds && `${seconds}${fraction}Z`;
}

/** Date counts milliseconds, the text up to nanoseconds: the fraction, which no zone changes, stays outside. */
function toUtc(wholeSeconds: string): string | undefined {
  const utc = new Date(wholeSeconds).toISOString();
  return utc.length === 24 ? utc.slice(0, 19) : undefined;
}

function isDayOfMonth(text: string): boolean {
  const day = Number(text.slice(8, 10));
  if (day <= 28) return true;
  const month = Number(text.slice(5, 7));
  if (month !== 2) return day <= 30 || ![4, 6, 9, 11].includes(month);
  const year = Number(text.slice(0, 4));
  return day === 29 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
