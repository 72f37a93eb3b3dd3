import type { CallFault, CallKind } from "@dovetail/adapter-memory";
import { AdapterError, RETRY_TABLE, type Category } from "@dovetail/adapter-sdk";
import { odoo } from "@dovetail/adapter-odoo";
import { sync } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { startSimulator } from "@dovetail/erp-simulator";
import type { Running } from "@dovetail/service-kit";
import { eventually } from "@dovetail/testing";
import { AccountService } from "../src/accounts/account.service";
import { SessionService } from "../src/accounts/session.service";
import { World } from "./world";

/** A refusal that lets the caller come again at once, so that no test waits for back-off. */
const status = (code: number, more: { bodyCode?: string; body?: string } = {}): CallFault => ({
  kind: "status",
  status: code,
  retryAfterSeconds: 0,
  ...more,
});

/** Each row of the table: an answer, its category, the calls in total that it allows, the code that a client sees. */
const ROWS: [string, CallFault, Category, number, string][] = [
  ["408", status(408), "TRANSIENT", 5, "ERP001"],
  ["no way there", { kind: "unreachable" }, "TRANSIENT", 5, "ERP001"],
  ["429", status(429), "RATE_LIMIT", 10, "ERP005"],
  ["403 whose code says limit", status(403, { bodyCode: "REQUEST_LIMIT_EXCEEDED" }), "RATE_LIMIT", 10, "ERP005"],
  ["400 whose body says limit", status(400, { body: "too many requests" }), "RATE_LIMIT", 10, "ERP005"],
  ["401", status(401), "AUTH", 2, "ERP002"],
  ["403", status(403), "AUTH", 2, "ERP002"],
  ["422", status(422), "VALIDATION", 1, "ERP008"],
  ["400", status(400), "VALIDATION", 1, "ERP008"],
  ["404", status(404), "NOT_FOUND", 1, "NOT_FOUND"],
  ["410", status(410), "NOT_FOUND", 1, "NOT_FOUND"],
  ["409", status(409), "CONFLICT", 3, "CONFLICT"],
  ["412", status(412), "CONFLICT", 3, "CONFLICT"],
];

/** These leave open whether there was an effect. */
const OPEN_ROWS: [string, CallFault, Category, number, string][] = [
  ["502", status(502), "TRANSIENT", 5, "ERP001"],
  ["503", status(503), "TRANSIENT", 5, "ERP001"],
  ["504", status(504), "TRANSIENT", 5, "ERP001"],
  ["a reset", { kind: "reset" }, "TRANSIENT", 5, "ERP001"],
  ["no answer", { kind: "timeoutBefore" }, "TRANSIENT", 5, "ERP001"],
  ["500", status(500), "SERVER", 3, "UNAVAILABLE"],
];

it("ERR-1: the table in the code is the documented one", () => {
  for (const [, , category, calls, code] of [...ROWS, ...OPEN_ROWS])
    expect(RETRY_TABLE[category]).toMatchObject({ calls, code });
  const told = Object.entries(RETRY_TABLE).map(([name, { severity, log }]) => `${name} ${severity} ${log}`);
  expect(told).toEqual([
    "TRANSIENT medium warn",
    "RATE_LIMIT medium warn",
    "AUTH medium warn",
    "VALIDATION medium warn",
    "NOT_FOUND medium info",
    "CONFLICT medium warn",
    "SERVER high error",
  ]);
});

describe("what follows a failed call", () => {
  let world: World;
  let calls: CallKind[] = [];

  beforeAll(async () => {
    world = await World.open({ Part: {}, Supplier: {}, CostPosting: {} });
    await world.sync(["Supplier", "Part", "CostPosting"]);
    const { faults } = world.erp;
    const take = faults.take.bind(faults);
    faults.take = (call) => {
      calls.push(call);
      return take(call);
    };
  });
  afterAll(() => world?.close());
  beforeEach(() => (calls = []));
  afterEach(async () => {
    world.erp.faults.clear();
    // so many failures in a row open the circuit: a person's test closes it
    await world.bus.call(sync.test, world.context, { id: world.integration.id });
  });

  const count = (kind: CallKind) => calls.filter((call) => call === kind).length;
  const create = async (key: string) => {
    const body = { ...world.erp.newBody("Part"), partNumber: key };
    return (await world.main.write({ entityType: "Part", key, body })).transactions[0]?.id;
  };
  /** Back-off is not waited for. */
  const hurry = () =>
    world.sql("update sync_engine.work set due_at = clock_timestamp() where kind = 'push' and lease_until is null");

  async function settled(id: string | undefined, wanted: "rejected" | "unknown" | "confirmed") {
    return eventually(
      async () => {
        await hurry();
        return world.main.settled(id, wanted, 50);
      },
      { timeoutMs: 30_000 },
    );
  }

  it.each(ROWS)("ERR-1: push, %s", async (name, fault, category, allowed, code) => {
    const key = `P ${name}`;
    world.erp.faults.always(fault, ["push"]);
    const id = await create(key);
    const ended = await settled(id, "rejected");
    expect(ended).toMatchObject({ attempts: allowed, problem: { code } });
    expect(count("push")).toBe(allowed);
    const [letter] = (await world.main.letters()).filter((each) => each.key === key);
    expect(letter).toMatchObject({ kind: "PUSH", reason: code });
    const [sync] = (await world.view("Part", key)).sync;
    expect(sync?.state).toBe(category === "NOT_FOUND" ? "ORPHANED" : "FAILED");
  });

  it.each(OPEN_ROWS)("ERR-1: push, %s after sending is unknown, and asked about", async (name, fault) => {
    world.erp.faults.next(fault, { calls: ["push"] });
    const body = { ...world.erp.newBody("CostPosting"), costPostingNumber: `O ${name}` };
    const written = await world.main.write({ entityType: "CostPosting", key: `O ${name}`, body });
    const id = written.transactions[0]?.id;
    await world.main.settled(id, "unknown");
    await hurry();
    await eventually(async () =>
      expect((await world.main.letters()).some(({ key, reason }) => key === `O ${name}` && reason === "UNKNOWN")).toBe(
        true,
      ),
    );
    // class N: nobody resends it
    expect(count("push")).toBe(1);
  });

  // those that do not say when to come again are waited for: one of them is enough
  const pulled = [...ROWS, ...OPEN_ROWS].filter(([, { kind }]) => kind === "status" || kind === "unreachable");
  it.each(pulled)(
    "ERR-1: pull, %s",
    async (_name, fault, _category, allowed, code) => {
      if (allowed > 1) world.erp.faults.next(fault, { calls: ["pull"], times: allowed - 1 });
      const [recovered] = await world.sync(["Supplier"], "full");
      expect(recovered).toMatchObject({ status: "completed", problem: null });
      const pages = count("pull") - (allowed - 1);
      expect(pages).toBeGreaterThan(0);
      await world.bus.call(sync.test, world.context, { id: world.integration.id });
      calls = [];
      world.erp.faults.always(fault, ["pull"]);
      const [failed] = await world.sync(["Supplier"], "full");
      expect(failed).toMatchObject({ status: "failed", problem: { code } });
      expect(count("pull")).toBe(allowed);
    },
    60_000,
  );

  it("ERR-1: a conflict is read again and merged before it is sent again", async () => {
    await settled(await create("CONFLICT"), "confirmed");
    const [row] = world.erp.table("Part").find(world.erp.now(), ({ body }) => body["partNumber"] === "CONFLICT");
    world.erp.mutate("Part", row?.externalId ?? "", { manufacturer: "theirs" });
    calls = [];
    const body = { description: "ours" };
    const written = await world.main.write({ entityType: "Part", key: "CONFLICT", op: "patch", body });
    await settled(written.transactions[0]?.id, "confirmed");
    expect(calls).toEqual(["push", "lookup", "push"]);
    expect(world.main.documents("Part", "CONFLICT")).toMatchObject([{ manufacturer: "theirs", description: "ours" }]);
  });

  it("ERR-1: a bulk retry takes up what stays, and nothing is left", async () => {
    await world.bus.call(sync.bulkRetry, world.context, { filter: { entityType: "Part" } });
    await eventually(
      async () => expect((await world.main.letters()).filter(({ entityType }) => entityType === "Part")).toEqual([]),
      { timeoutMs: 30_000 },
    );
  });
});

it("ERR-1: when the ERP ends a session, all who meet it share one new sign-in, and no call is cut off by it", async () => {
  const world = await World.open({ Supplier: {} });
  const simulator = await startSimulator({ version: 17, demo: false });
  try {
    const tenant = world.main;
    tenant.credentials = { apiUsername: "admin", apiPassword: "admin" };
    tenant.change({
      erpSystem: "ODOO",
      adapter: { system: "ODOO", version: odoo.version },
      apiEndpoint: simulator.url,
      settings: { database: "o17", protocol: "jsonrpc" },
    });
    tenant.setMapping("Supplier", 1, odoo.mappings.Supplier as unknown as JsonObject);
    await tenant.sync(["Supplier"]);
    const signIns = () => simulator.odoo.faults().find(({ method }) => method === "authenticate")?.struck ?? 0;
    // counts the sign-ins and harms none
    simulator.odoo.addFault({ kind: "slow", model: "common", method: "authenticate", delayMs: 1 });
    simulator.odoo.addFault({ kind: "auth", model: "res.partner", method: "create", count: 4 });
    const keys = Array.from({ length: 4 }, (_, i) => `SIGN-${i}`);
    const writes = await Promise.all(
      keys.map((key) =>
        tenant.write({ entityType: "Supplier", key, body: { supplierNumber: key, name: `Supplier ${key}` } }),
      ),
    );
    for (const { transactions } of writes) await tenant.settled(transactions[0]?.id, "confirmed", 30_000);
    expect(signIns()).toBeGreaterThan(0);
    const app = world.engines[0]?.app as Running["app"];
    const sessions = app.get(SessionService);
    const account = await app.get(AccountService).get(tenant.tenantId, tenant.tenant, tenant.integration.name);
    const old = await sessions.open(account);
    const refused = new AdapterError("refused", { category: "AUTH", code: "ERP002", sent: "no" });
    sessions.failed(account, old, refused);
    const renewed = await sessions.open(account);
    expect(renewed).not.toBe(old);
    sessions.failed(account, old, refused);
    expect(await sessions.open(account)).toBe(renewed);
  } finally {
    await simulator.stop();
    await world.close();
  }
}, 60_000);
