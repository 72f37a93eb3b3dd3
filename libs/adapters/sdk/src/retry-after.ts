const LONGEST_WAIT_MS = 24 * 3600 * 1000;

function date(text: string | undefined): number | undefined {
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/**
 * How long an answer asks us to wait, milliseconds: Retry-After in seconds or as a date (RFC 9110 10.2.3), else
 * x-ratelimit-reset in seconds or as seconds since 1970. Dates are measured against the answer's own Date header,
 * so that the two machines' clocks need not agree. At most a day.
 */
export function retryAfterMs(headers: Record<string, string>, now: number): number | undefined {
  const serverNow = date(headers.date) ?? now;
  const cap = (ms: number) => Math.min(LONGEST_WAIT_MS, Math.max(0, ms));
  const after = headers["retry-after"]?.trim();
  if (after !== undefined && /^\d+(\.\d+)?$/.test(after)) return cap(Math.ceil(Number(after) * 1000));
  const until = date(after);
  if (until !== undefined) return cap(until - serverNow);
  const reset = Number(headers["x-ratelimit-reset"] ?? headers["ratelimit-reset"]);
  if (!Number.isFinite(reset) || reset <= 0) return undefined;
  return cap(reset > 1e9 ? reset * 1000 - serverNow : reset * 1000);
}
