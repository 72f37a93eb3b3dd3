import { AdapterError, type Category, RETRY_TABLE } from "./errors";
import { httpClassify, sentOf } from "./classify";
import { retryAfterMs } from "./retry-after";

describe("httpClassify", () => {
  const TABLE: [number, Category][] = [
    [400, "VALIDATION"],
    [401, "AUTH"],
    [403, "AUTH"],
    [404, "NOT_FOUND"],
    [408, "TRANSIENT"],
    [409, "CONFLICT"],
    [410, "NOT_FOUND"],
    [412, "CONFLICT"],
    [418, "VALIDATION"],
    [422, "VALIDATION"],
    [429, "RATE_LIMIT"],
    [500, "SERVER"],
    [502, "TRANSIENT"],
    [503, "TRANSIENT"],
    [504, "TRANSIENT"],
    [599, "SERVER"],
  ];

  it.each(TABLE)("%i is %s", (status, category) => {
    expect(httpClassify({ status })).toEqual({ category, code: RETRY_TABLE[category].code });
  });

  it("no status is TRANSIENT", () => {
    expect(httpClassify({}).category).toBe("TRANSIENT");
  });

  it("a 400 or 403 whose body says limit is RATE_LIMIT", () => {
    expect(httpClassify({ status: 403, bodyCode: "REQUEST_LIMIT_EXCEEDED" }).category).toBe("RATE_LIMIT");
    expect(httpClassify({ status: 400, body: "too many requests" }).category).toBe("RATE_LIMIT");
    expect(httpClassify({ status: 422, body: "credit limit exceeded" }).category).toBe("VALIDATION");
  });

  it("keeps what is already classified", () => {
    const cause = new AdapterError("x", { category: "CONFLICT", code: "STALE", sent: "no", retryAfterMs: 5 });
    expect(httpClassify({ cause })).toEqual({ category: "CONFLICT", code: "STALE", retryAfterMs: 5 });
  });

  it("hands on Retry-After", () => {
    expect(httpClassify({ status: 429, headers: { "retry-after": "3" } }).retryAfterMs).toBe(3000);
  });

  it("leaves open what a server error did", () => {
    expect(sentOf("SERVER")).toBe("maybe");
    expect(sentOf("TRANSIENT")).toBe("maybe");
    expect(sentOf("VALIDATION")).toBe("no");
  });
});

describe("retryAfterMs", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");

  it.each([
    [{ "retry-after": "120" }, 120_000],
    [{ "retry-after": "0.5" }, 500],
    [{ "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT" }, 30_000],
    [{ "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT", date: "Thu, 01 Jan 2026 00:00:20 GMT" }, 10_000],
    [{ "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" }, 0],
    [{ "retry-after": "99999999" }, 86_400_000],
    [{ "x-ratelimit-reset": "15" }, 15_000],
    [{ "x-ratelimit-reset": String(now / 1000 + 40) }, 40_000],
    [{ "retry-after": "soon" }, undefined],
    [{}, undefined],
  ])("%j is %p", (headers, expected) => {
    expect(retryAfterMs(headers as Record<string, string>, now)).toBe(expected);
  });
});
