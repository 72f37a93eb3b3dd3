import { startSimulator, type FaultSpec, type Running } from "../src/start";
import type { Json, JsonObject } from "../src/odoo/values";

let running: Running;
beforeAll(async () => {
  running = await startSimulator({ version: 17, demo: false, control: true, seed: 7 });
});
afterEach(() => running.odoo.clearFaults());
afterAll(() => running.stop());

function post(path: string, body: Json, signal?: AbortSignal): Promise<Response> {
  return fetch(running.url + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
}

function send(
  model: string,
  method: string,
  args: Json[],
  kwargs: JsonObject = {},
  timeoutMs?: number,
): Promise<Response> {
  const params = { service: "object", method: "execute_kw", args: ["o17", 2, "admin", model, method, args, kwargs] };
  const signal = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  return post("/jsonrpc", { jsonrpc: "2.0", method: "call", id: 1, params }, signal);
}

const createNamed = (name: string, timeoutMs?: number) => send("res.partner", "create", [{ name }], {}, timeoutMs);
const countNamed = (name: string) => running.odoo.call("res.partner", "search_count", [[["name", "=", name]]]);
const once = (fault: FaultSpec) => running.odoo.addFault({ count: 1, ...fault });

async function until(check: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error("never happened");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe("faults", () => {
  it("limits the rate with Retry-After, once", async () => {
    once({ kind: "rateLimit", retryAfter: 3 });
    const limited = await createNamed("limited");
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "3"]);
    expect((await createNamed("limited")).status).toBe(200);
  });

  it("answers 5xx and refuses passwords", async () => {
    once({ kind: "serverError", status: 503 });
    expect((await createNamed("x")).status).toBe(503);
    once({ kind: "auth" });
    expect(JSON.stringify(await (await createNamed("x")).json())).toContain("odoo.exceptions.AccessDenied");
    expect(await countNamed("x")).toBe(0);
  });

  it.each([
    ["timeoutBefore", 0],
    ["timeoutAfter", 1],
    ["reset", 0],
    ["resetAfter", 1],
    ["truncate", 1],
  ] as const)("%s leaves %i records", async (kind, left) => {
    once({ kind });
    const reading = createNamed(kind, 300).then((answer) => answer.text());
    await expect(reading).rejects.toThrow();
    expect(await countNamed(kind)).toBe(left);
  });

  it("lets an effect come after the caller gave up", async () => {
    once({ kind: "lateEffect", delayMs: 400 });
    await expect(createNamed("late", 100)).rejects.toThrow();
    expect(await countNamed("late")).toBe(0);
    await until(async () => (await countNamed("late")) === 1);
  });

  it("commits late under the stamp of the start", async () => {
    once({ kind: "lateCommit", delayMs: 300 });
    const creating = createNamed("slow");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await countNamed("slow")).toBe(0);
    const early = Number(await running.odoo.call("res.partner", "create", [{ name: "quick" }]));
    const { result } = (await (await creating).json()) as { result: number };
    const [slow, quick] = (await running.odoo.call("res.partner", "read", [
      [result, early],
      ["create_date"],
    ])) as JsonObject[];
    expect(result).toBeLessThan(early);
    expect(String(slow?.["create_date"]) <= String(quick?.["create_date"])).toBe(true);
  });

  it("spoils rows: repeated, with NUL, with ten megabytes", async () => {
    const rows = async () =>
      (
        (await (await send("res.partner", "search_read", [[]], { fields: ["name"] })).json()) as {
          result: { id: number; name: string }[];
        }
      ).result;
    once({ kind: "duplicateRows" });
    const twice = await rows();
    expect(twice[0]?.id).toBe(twice[1]?.id);
    once({ kind: "nul" });
    expect((await rows())[0]?.name).toContain("\0");
    once({ kind: "huge" });
    expect((await rows())[0]?.name).toHaveLength(10 * 1024 * 1024);
  });

  it("strikes by model, method and a seeded chance", async () => {
    running.odoo.addFault({ kind: "serverError", model: "res.partner", method: "write", probability: 0.5 });
    expect((await createNamed("other")).status).toBe(200);
    const statuses = await Promise.all(Array.from({ length: 20 }, () => send("res.partner", "write", [[3], {}])));
    expect(new Set(statuses.map(({ status }) => status))).toEqual(new Set([200, 502]));
  });
});

describe("control", () => {
  it("sets faults, shows the journal, seeds and moves the clock over HTTP", async () => {
    expect(await (await post("/_sim/faults", { kind: "slow", delayMs: 1, count: 1 })).json()).toMatchObject({
      seed: 7,
    });
    expect(await (await post("/_sim/seed", { model: "res.partner", records: [{ name: "Seeded" }] })).json()).toEqual({
      ids: [expect.any(Number)],
    });
    expect(JSON.stringify(await (await fetch(`${running.url}/_sim/journal?after=1`)).json())).toContain("Seeded");
    const { now } = (await (await post("/_sim/clock", { advanceMs: 3_600_000 })).json()) as { now: string };
    expect(Date.parse(now) - Date.now()).toBeGreaterThan(3_500_000);
    expect((await post("/_sim/faults", { kind: "nonsense" })).status).toBe(400);
  });

  it("is closed unless switched on", async () => {
    const closed = await startSimulator({ version: 17, demo: false });
    expect((await fetch(`${closed.url}/_sim/journal`)).status).toBe(404);
    await closed.stop();
  });
});
