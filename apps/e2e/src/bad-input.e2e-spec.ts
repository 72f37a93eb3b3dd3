import type { Job, ProblemDocument } from "@dovetail/contracts";
import { startSimulator, type Running as RunningSimulator } from "@dovetail/erp-simulator";
import type { Answer, Sent } from "./http-client";
import type { TenantWorld } from "./tenant-world";
import { World } from "./world";

const MAIN = "odoo-main";
const JSON_TYPE = { "content-type": "application/json" };
let world: World;
let erp: RunningSimulator;
let acme: TenantWorld;
let other: TenantWorld;

beforeAll(async () => {
  [world, erp] = await Promise.all([World.open({ local: true }), startSimulator({ version: 14, seed: 3 })]);
  acme = await world.tenant("acme");
  other = await world.tenant("other");
  await acme.connectOdoo(MAIN, erp);
  await acme.sync(MAIN, { entityTypes: ["Supplier"] });
}, 90_000);
afterAll(async () => {
  await erp?.stop();
  await world?.close();
});

/** Sends and takes nothing but a problem document without a trace of our insides. */
async function refused(method: string, path: string, sent: Sent = {}): Promise<Answer<ProblemDocument>> {
  const answer = await acme.api.send<ProblemDocument>(method, path, sent);
  expect([answer.status, answer.header("content-type")]).toEqual([
    expect.any(Number),
    expect.stringContaining("application/problem+json"),
  ]);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect([answer.status < 500, answer.text.slice(0, 500)]).toEqual([true, expect.any(String)]);
  expect(answer.text).not.toMatch(/node_modules|\.ts:\d|\.js:\d|\n\s+at |sync_engine\.|SELECT |insert into/);
  expect(answer.body).toMatchObject({ code: expect.any(String), status: answer.status, title: expect.any(String) });
  return answer;
}

const put = (body: unknown, headers: Record<string, string> = {}) =>
  refused("PUT", "/erp/records/Supplier/S-BAD", { body, headers });
const nested = (depth: number) => '{"a":'.repeat(depth) + "1" + "}".repeat(depth);
const supplier = { supplierNumber: "S-BAD", name: "Bad" };

describe("a body", () => {
  it.each<[string, unknown, Record<string, string>, number, string]>([
    ["that does not parse", "{", JSON_TYPE, 400, "ERP008"],
    ["that is no object", "[1]", JSON_TYPE, 400, "ERP008"],
    ["that is empty", "", JSON_TYPE, 400, "ERP008"],
    ["of another type", "<a/>", { "content-type": "application/xml" }, 415, "UNSUPPORTED"],
    ["that is too large", JSON.stringify({ ...supplier, notes: "x".repeat(10_000_000) }), JSON_TYPE, 413, "TOO_LARGE"],
    ["nested too deep", nested(100), JSON_TYPE, 400, "ERP008"],
    ["nested much too deep", nested(100_000), JSON_TYPE, 400, "ERP008"],
    ["with a prototype in it", '{"__proto__":{"x":1},"supplierNumber":"S-BAD"}', JSON_TYPE, 400, "ERP008"],
    ["that is no UTF-8", Buffer.from('{"name":"\xff\xfe"}', "latin1"), JSON_TYPE, 400, "ERP008"],
  ])("%s is refused", async (_what, body, headers, status, code) => {
    const answer = await put(body, headers);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["an unknown member", { ...supplier, colour: "red" }, "colour"],
    ["a wrong type", { ...supplier, active: "perhaps" }, "active"],
    ["a number for a text", { ...supplier, name: 7 }, "name"],
    ["NUL in a text", { ...supplier, name: "a\u0000b" }, "name"],
    ["half a surrogate pair", { ...supplier, name: "a\ud800b" }, "name"],
    ["another key than its address", { ...supplier, supplierNumber: "S-OTHER" }, "supplierNumber"],
    ["a wrong inner member", { ...supplier, address: { planet: "Mars" } }, "address.planet"],
  ])("with %s names the field", async (_what, body, field) => {
    const answer = await put(body);
    expect([answer.status, answer.body.code, answer.body.errors?.map((each) => each.field)]).toEqual([
      422,
      "ERP008",
      expect.arrayContaining([field]),
    ]);
  });

  it("with unknown members of an integration names each", async () => {
    const body = { name: "odoo-x", erpSystem: "ODOO", apiEndpoint: erp.url, shoeSize: 43, limits: { perHour: 1 } };
    const answer = await refused("POST", "/erp/integrations", { body });
    expect(answer.body.errors?.map(({ field }) => field)).toEqual(
      expect.arrayContaining(["shoeSize", "limits.perHour"]),
    );
  });
});

describe("an address", () => {
  it.each([
    "/erp/records/Supplier/%00",
    "/erp/records/Supplier/..%2f..%2fetc%2fpasswd",
    "/erp/records/..%2f..%2fetc/passwd",
    "/erp/records/constructor/x",
    "/erp/records/__proto__",
    "/erp/integrations/..%2f..%2fetc%2fpasswd",
    "/erp/integrations/%00",
    `/erp/integrations/${"x".repeat(5000)}`,
    "/erp/integrations/a%0ab/health",
    "/erp/records/Supplier/%ff",
    "/erp/records/Supplier/%E0%A4%A",
    "/erp/sync-jobs/not-an-id",
    "/erp/transactions/------------------------------------",
    "/erp/transactions/ffffffff-ffff-8fff-8000-ffffffffffff",
    "/erp/transactions/';drop table records;--",
    "/erp/dead-letters/0198f3d2-0000-7000-8000-0000000000zz",
    "/users/not-an-id",
    "/api-keys/%27",
    "/erp/systems/__proto__",
    "/no/such/route",
  ])("%s finds nothing", async (path) => {
    const answer = await refused("GET", path);
    expect([path.slice(0, 60), [400, 404, 414, 422].includes(answer.status)]).toEqual([path.slice(0, 60), true]);
  });

  it.each(["%00/x", "x/%00", "acme.%00/x", "%ff/x", "../x"])("for notices, %s, takes none", async (place) => {
    const answer = await world.client().send("POST", `/webhooks/inbound/${place}`, { body: { any: 1 } });
    expect([place, [400, 404].includes(answer.status)]).toEqual([place, true]);
  });

  it("of a tenant that cannot be finds none", async () => {
    expect((await world.operator.send("GET", "/tenants/%00")).status).toBe(400);
    expect((await world.operator.send("GET", "/tenants/Acme%20")).status).toBe(404);
  });

  it("with a method that it has not is refused", async () => {
    await refused("DELETE", "/erp/records/Supplier");
  });
});

describe("a list", () => {
  const LISTS = [
    "/erp/records/Supplier",
    "/erp/sync-jobs",
    "/erp/transactions",
    "/erp/dead-letters",
    "/erp/changes",
    "/erp/integrations",
    "/users",
    "/api-keys",
    `/erp/integrations/${MAIN}/invoices`,
  ];

  it.each(LISTS)("%s refuses cursors that are none", async (path) => {
    const cursors = [
      "x",
      "%00",
      "eyJhIjoxfQ",
      ...[
        '{"v":1,"after":null}',
        '{"part":"push","at":"x","id":"y"}',
        '{"part":"change","page":"-","n":null}',
        "[]",
      ].map((text) => Buffer.from(text).toString("base64url")),
      "y".repeat(5000),
    ];
    // Decodes to NUL and half a character.
    const known = Buffer.from(Buffer.from("\u0000\ud83d").toString("utf8")).toString("base64url");
    for (const cursor of [...cursors, known]) {
      // Every text can be a key: records are read from there on.
      if (/records|invoices/.test(path) && /^[\w-]{1,100}$/.test(cursor)) continue;
      const answer = await refused("GET", `${path}?cursor=${cursor}`);
      expect([cursor.slice(0, 50), answer.body.code]).toEqual([cursor.slice(0, 50), "ERP008"]);
    }
  });

  it("refuses another's cursor and another list's", async () => {
    const { next } = await acme.api.get<{ next: string }>("/erp/records/Supplier?limit=5");
    const { next: feed } = await acme.api.get<{ next: string }>("/erp/changes?limit=1");
    const foreign = await other.api.send("GET", `/erp/records/Supplier?cursor=${next}`);
    if (foreign.status === 200) expect(foreign.body["items"]).toEqual([]);
    const theirs = await other.api.send("GET", `/erp/changes?cursor=${feed}`);
    if (theirs.status === 200) expect(theirs.body["items"]).toEqual([]);
    for (const path of ["/erp/sync-jobs", "/erp/transactions"])
      expect((await refused("GET", `${path}?cursor=${feed}`)).body.code).toBe("ERP008");
    expect([400, 410, 422]).toContain((await refused("GET", `/erp/changes?cursor=${next}`)).status);
  });

  it.each(["limit=0", "limit=-1", "limit=x", "limit=100000", "colour=red", "limit=1&limit=2"])(
    "refuses ?%s",
    async (query) => {
      const answer = await refused("GET", `/erp/records/Supplier?${query}`);
      expect([400, 422]).toContain(answer.status);
      expect(answer.body.code).toBe("ERP008");
    },
  );
});

describe("a header", () => {
  it.each<[string, Record<string, string>]>([
    ["If-Match", { "if-match": "seven" }],
    ["Idempotency-Key", { "idempotency-key": "x".repeat(201) }],
  ])("%s that is none is refused", async (_name, headers) => {
    expect((await put(supplier, headers)).body.code).toBe("ERP008");
  });

  it.each(["Bearer", "Bearer x", "Basic YTpi", `Bearer ${"x".repeat(7000)}`, "Bearer dvk_a.b\u00ff"])(
    "Authorization: %s gives nobody anything",
    async (authorization) => {
      const answer = await world.client().send("GET", "/erp/integrations", { headers: { authorization } });
      expect([answer.status, answer.body["code"]]).toEqual([401, "AUTH_REQUIRED"]);
    },
  );
});

describe("rows of the ERP", () => {
  it("with a field of 10 MB is rejected with its reason; the others arrive and the job ends", async () => {
    const names = ["Fine again", "Large"];
    const [fine, large] = (await erp.odoo.call("res.partner", "create", [
      names.map((name) => ({ name, ref: `BAD-${name}`, supplier_rank: 1 })),
    ])) as [number, number];
    await erp.odoo.call("res.partner", "write", [[large], { comment: "x".repeat(10_000_000) }]);
    const [job] = (await acme.sync(MAIN, { entityTypes: ["Supplier"], mode: "full" })) as [Job];
    const { read, created, unchanged, updated, rejected, parked } = job.counts;
    expect(created + unchanged + updated + rejected + parked).toBe(read);
    const letters = await acme.api.all("/erp/dead-letters?entityType=Supplier");
    const left = letters.map(({ externalId, reason }) => `${externalId} ${reason}`);
    const stored = (await acme.records("Supplier")).flatMap(({ sync }) => sync.map(({ externalId }) => externalId));
    expect(stored).toContain(String(fine));
    expect(left).toContain(`${large} ERP008`);
  });
});

it("nothing of this was an error of ours", () => {
  const errors = world.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const told = errors.filter(({ level }) => level === "error" || level === "fatal");
  expect(told.map(({ msg, route, operation }) => [msg, route, operation])).toEqual([]);
});
