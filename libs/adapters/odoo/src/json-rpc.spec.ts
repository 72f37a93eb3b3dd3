import { AdapterError } from "@dovetail/adapter-sdk";
import { answer, capture, CONFIG, fakeHttp, hasCaptures, replay } from "../test/fake-odoo";
import { ask, JsonRpc } from "./json-rpc";
import { Json2 } from "./json2";

const wire = (http: ReturnType<typeof fakeHttp>) => ({ http, config: CONFIG, signal: new AbortController().signal });

async function failure(promise: Promise<unknown>): Promise<AdapterError> {
  const error: unknown = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof AdapterError)) throw new Error(`no AdapterError but ${String(error)}`);
  return error;
}

const args = (json: unknown): unknown[] => (json as { params: { args: unknown[] } }).params.args;

describe("JSON-RPC", () => {
  const signedIn = (result: unknown) =>
    fakeHttp((request) => {
      const { service } = (request.json as { params: { service: string } }).params;
      return answer(request, 200, { jsonrpc: "2.0", id: 1, result: service === "common" ? 2 : (result as string) });
    });

  it("signs in once, then passes names by name", async () => {
    const http = signedIn([]);
    const rpc = new JsonRpc(wire(http), "admin", "pw");
    await Promise.all([
      rpc.call({ model: "res.partner", method: "search_read", named: { domain: [], limit: 1 }, context: { a: 1 } }),
      rpc.call({ model: "res.partner", method: "unlink", ids: [7] }),
    ]);
    expect(http.requests.map(({ url }) => url)).toEqual(Array(3).fill("http://odoo.test/jsonrpc"));
    const calls = http.requests.slice(1).map(({ json }) => args(json).slice(3));
    expect(calls).toEqual([
      ["res.partner", "search_read", [], { domain: [], limit: 1, context: { a: 1 } }],
      ["res.partner", "unlink", [[7]], {}],
    ]);
  });

  it("passes what is created or written by place: its name differs between models", async () => {
    const http = signedIn([8]);
    const rpc = new JsonRpc(wire(http), "admin", "pw");
    await rpc.call({ model: "sale.order", method: "create", named: { vals_list: [{ a: 1 }] } });
    await rpc.call({ model: "sale.order", method: "write", ids: [8], named: { vals: { a: 2 } } });
    expect(http.requests.slice(1).map(({ json }) => args(json)[5])).toEqual([[[{ a: 1 }]], [[8], { a: 2 }]]);
  });

  it("takes `false` from authenticate for a wrong password, and asks again next time", async () => {
    const http = fakeHttp((request) => answer(request, 200, { jsonrpc: "2.0", id: 1, result: false }));
    const rpc = new JsonRpc(wire(http), "admin", "nope");
    const call = () => rpc.call({ model: "res.partner", method: "search_read" });
    expect(await failure(call())).toMatchObject({ category: "AUTH", code: "ERP002", sent: "no" });
    await failure(call());
    expect(http.requests).toHaveLength(2);
  });

  it("never shows the password in an error", async () => {
    const http = fakeHttp((request) => answer(request, 500, "<html>oops</html>", { "content-type": "text/html" }));
    const error = await failure(new JsonRpc(wire(http), "admin", "very secret").call({ model: "m", method: "write" }));
    expect(JSON.stringify(error) + error.message).not.toContain("very secret");
    expect(error).toMatchObject({ category: "SERVER", sent: "maybe", status: 500 });
  });

  it("takes a page that is no answer of Odoo for a wrong address, not for a missing record", async () => {
    for (const [status, body] of [
      [404, "<html>"],
      [200, "<html>hello"],
    ] as const) {
      const http = fakeHttp((request) => answer(request, status, body, { "content-type": "text/html" }));
      expect(await failure(ask(wire(http)))).toMatchObject({ category: "SERVER", code: "UNAVAILABLE" });
    }
  });

  it("hands on how long a proxy asks to wait", async () => {
    const http = fakeHttp((request) => answer(request, 429, "", { "retry-after": "7", "content-type": "text/plain" }));
    expect(await failure(ask(wire(http)))).toMatchObject({ category: "RATE_LIMIT", retryAfterMs: 7000, sent: "no" });
  });
});

const CAPTURED: [string, string, object][] = [
  ["odoo14", "04", { category: "AUTH", code: "ERP002" }],
  ["odoo19", "04", { category: "AUTH", code: "ERP002" }],
  ["odoo14", "07", { category: "VALIDATION", code: "ERP008" }],
  ["odoo14", "09", { category: "VALIDATION", message: "Odoo has no database of this name" }],
  ["odoo14", "10", { category: "VALIDATION", message: expect.stringContaining("Vendor (partner_id)") }],
  ["odoo14", "26", { category: "AUTH", bodyCode: "100" }],
  ["odoo19", "26", { category: "AUTH", bodyCode: "100" }],
  ["odoo14", "28", { category: "VALIDATION", sent: "no" }],
  ["odoo14", "29", { category: "NOT_FOUND", code: "NOT_FOUND" }],
  ["odoo14", "74", { category: "VALIDATION", code: "ERP003" }],
  ["odoo19", "74", { category: "VALIDATION", code: "ERP003" }],
  ["odoo14", "79", { category: "VALIDATION", message: expect.stringContaining("must cancel it first") }],
];
const CAPTURED_2: [string, object][] = [
  ["91", { category: "AUTH", status: 401 }],
  ["98", { category: "NOT_FOUND", status: 404 }],
  ["102", { category: "VALIDATION", status: 422, code: "ERP008" }],
  ["101", { category: "AUTH", status: 403 }],
  ["94", { category: "VALIDATION" }],
  ["109", { status: 415, category: "VALIDATION" }],
];

(hasCaptures ? describe : describe.skip)("what running servers answered (captures)", () => {
  it.each(CAPTURED)("%s %s is classified by the exception, without its traceback", async (system, number, expected) => {
    const error = await failure(ask(wire(fakeHttp(replay(capture(system, number))))));
    expect(error).toMatchObject(expected);
    expect(JSON.stringify(error) + error.message).not.toContain("traceback");
  });

  it.each(CAPTURED_2)("JSON-2 %s is classified", async (number, expected) => {
    const rpc = new Json2(wire(fakeHttp(replay(capture("odoo19", number)))), "key");
    expect(await failure(rpc.call({ model: "res.partner", method: "search_read" }))).toMatchObject(expected);
  });

  it.each([
    ["odoo14", 14],
    ["odoo19", 19],
  ])("%s tells its version and its clock", async (system, major) => {
    const { version, at } = await ask(wire(fakeHttp(replay(capture(system, "01")))));
    expect(version.major).toBe(major);
    expect(new Date(at).toISOString()).toMatch(/^2026-11-20T10:/);
  });

  it("JSON-2 sends names, key and database", async () => {
    const http = fakeHttp(replay(capture("odoo19", "90")));
    const rows = await new Json2(wire(http), "key").call({
      model: "res.partner",
      method: "search_read",
      named: { limit: 2 },
    });
    expect(rows).toHaveLength(2);
    expect(http.requests[0]).toMatchObject({
      url: "http://odoo.test/json/2/res.partner/search_read",
      headers: { authorization: "bearer key", "x-odoo-database": "o14" },
      json: { limit: 2 },
    });
  });
});
