import { sync } from "@dovetail/contracts";
import { eventually } from "@dovetail/testing";
import { World } from "./world";

/** Everything that reaches the ERP, with the moments of its coming. */
class Journal {
  readonly calls: { kind: string; at: number }[] = [];
  most = 0;
  private inFlight = 0;
  private held: (() => void)[] | undefined;

  constructor(erp: World["erp"], tookMs: number) {
    const call = erp.call.bind(erp) as (...args: unknown[]) => Promise<unknown>;
    erp.call = (async (...args: unknown[]) => {
      this.calls.push({ kind: String(args[0]), at: performance.now() });
      this.most = Math.max(this.most, ++this.inFlight);
      try {
        await new Promise((resolve) => setTimeout(resolve, tookMs));
        if (this.held) await new Promise<void>((go) => this.held?.push(go));
        return await call(...args);
      } finally {
        this.inFlight--;
      }
    }) as typeof erp.call;
  }

  /** Calls stay away until the answer is called. */
  hold(): () => void {
    const held: (() => void)[] = [];
    this.held = held;
    return () => {
      this.held = undefined;
      for (const go of held) go();
    };
  }

  within(from: number, to: number): number {
    return this.calls.filter(({ at }) => at > from && at <= to).length;
  }
}

describe("one budget per ERP account over two engines", () => {
  let world: World;
  let journal: Journal;
  let n = 0;

  beforeAll(async () => {
    world = await World.open({ Part: { pageSize: 20 } }, 2);
    journal = new Journal(world.erp, 20);
    await limits({ concurrentCalls: 2 });
  });
  afterAll(() => world?.close());

  async function limits(limits: { concurrentCalls?: number; perMinute?: number }): Promise<void> {
    world.main.change({ limits });
    await world.sync(["Part"]);
  }

  async function write(count: number): Promise<void> {
    const keys = Array.from({ length: count }, () => `P-${++n}`);
    await Promise.all(
      keys.map((key) => world.main.write({ entityType: "Part", key, body: { partNumber: key, description: "d" } })),
    );
  }

  const open = async (): Promise<number> => {
    const [row] = await world.sql<{ n: number }>(
      "select count(*)::int n from sync_engine.pushes where status not in ('confirmed', 'superseded')",
    );
    return row?.n ?? 0;
  };
  const drained = () => eventually(async () => expect(await open()).toBe(0), { timeoutMs: 60_000 });

  const idle = () =>
    eventually(async () => expect(await world.sql("select 1 from sync_engine.call_slots")).toEqual([]), {
      timeoutMs: 15_000,
    });

  it("SYN-13: calls at the same time stay within the account's slots, which both engines share", async () => {
    journal.most = 0;
    const written = write(120);
    await eventually(async () =>
      expect(await world.sql("select 1 from sync_engine.call_slots where slots > 0")).toHaveLength(2),
    );
    await written;
    await drained();
    expect(journal.most).toBe(2);
  });

  it("SYN-13: slots of an engine that is gone are free when its lease ends", async () => {
    await limits({ concurrentCalls: 1 });
    await idle();
    await world.sql(
      `insert into sync_engine.call_slots (tenant_id, integration, owner, slots, wanted, until)
       select tenant_id, num, 'a-dead-engine', 1, 1, clock_timestamp() + interval '2 s' from sync_engine.accounts`,
    );
    const before = journal.calls.length;
    await write(1);
    expect(journal.calls.length).toBe(before);
    await drained();
    expect(journal.calls.length).toBe(before + 1);
  });

  it("SYN-13: what goes idle gives its slots back", async () => {
    await write(3);
    await drained();
    await idle();
  });

  it("SYN-13: calls per minute are kept over both engines, in any span of time", async () => {
    await limits({ concurrentCalls: 4, perMinute: 300 });
    const first = journal.calls.length;
    await write(30);
    await drained();
    const times = journal.calls.slice(first).map(({ at }) => at);
    const perMs = 300 / 62_500;
    for (const from of times)
      for (const to of times)
        if (to > from) expect(journal.within(from - 0.001, to)).toBeLessThanOrEqual((to - from + 2_500) * perMs + 2);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(30 / perMs - 2_600);
  });

  it("ERR-3: a 429 pauses the account for every engine until its Retry-After", async () => {
    await limits({ concurrentCalls: 4 });
    world.erp.faults.next({ kind: "status", status: 429, retryAfterSeconds: 5 }, { calls: ["push"] });
    const from = journal.calls.length;
    await write(40);
    await eventually(async () => {
      const rows = await world.sql("select 1 from sync_engine.call_budgets where paused_until > clock_timestamp()");
      expect(rows).toHaveLength(1);
    });
    const paused = performance.now();
    await drained();
    expect(journal.calls.length - from).toBeGreaterThan(40);
    expect(journal.within(paused + 1_500, paused + 4_500)).toBe(0);
  });

  it("SYN-13: a full load does not starve pushes", async () => {
    await limits({ concurrentCalls: 1 });
    world.erp.seedRows("Part", 1_500);
    const [job] = await world.main.execute(["Part"], "full");
    await eventually(async () => {
      const running = await world.bus.call(sync.job, world.context, { id: job?.id ?? "" });
      expect(running.counts.read).toBeGreaterThan(0);
    });
    await write(3);
    await drained();
    const running = await world.bus.call(sync.job, world.context, { id: job?.id ?? "" });
    expect(running.status).toBe("running");
    await world.main.ended(job?.id ?? "", 60_000);
  });

  it("ERR-3: the circuit opens after failures in a row, lets one probe through, and what waited goes on", async () => {
    await limits({ concurrentCalls: 4 });
    world.erp.faults.always({ kind: "unreachable" });
    await write(30);
    const opened = await eventually(async () => {
      const [row] = await world.sql<{ ms: number }>(
        `select extract(epoch from open_until - clock_timestamp())::float8 * 1000 ms from sync_engine.call_budgets
         where open_until is not null`,
      );
      return row ?? Promise.reject(new Error("closed"));
    });
    expect(opened.ms).toBeGreaterThan(20_000);
    // whatever was under way has ended, and every engine has looked again several times
    await eventually(() => expect(journal.within(performance.now() - 3_000, performance.now())).toBe(0), {
      timeoutMs: 20_000,
    });
    const [health] = await world.bus.call(sync.health, world.context, {});
    expect(health?.circuit).toMatchObject({ state: "open", waitsFor: "circuit" });
    expect(await open()).toBe(30);

    world.erp.faults.clear();
    const release = journal.hold();
    const before = journal.calls.length;
    await world.sql("update sync_engine.call_budgets set open_until = clock_timestamp()");
    await eventually(() => expect(journal.calls.length).toBe(before + 1), { timeoutMs: 15_000 });
    const probing = await world.bus.call(sync.health, world.context, {});
    expect(probing[0]?.circuit.state).toBe("half-open");
    const looked = performance.now();
    await eventually(() => expect(performance.now() - looked).toBeGreaterThan(2_500), { timeoutMs: 10_000 });
    expect(journal.calls.length).toBe(before + 1);
    release();
    await drained();
    expect((await world.bus.call(sync.health, world.context, {}))[0]?.circuit.state).toBe("closed");
  });

  it("ERR-3: a probe that fails opens the circuit for longer, and a person's test closes it", async () => {
    world.erp.faults.always({ kind: "unreachable" });
    await write(10);
    const opened = () =>
      world.sql<{ opened: number }>("select opened from sync_engine.call_budgets where open_until > clock_timestamp()");
    await eventually(async () => expect(await opened()).toEqual([{ opened: 1 }]), { timeoutMs: 20_000 });
    await world.sql("update sync_engine.call_budgets set open_until = clock_timestamp()");
    await eventually(async () => expect(await opened()).toEqual([{ opened: 2 }]), { timeoutMs: 20_000 });
    world.erp.faults.clear();
    const answer = await world.bus.call(sync.test, world.context, { id: world.integration.name });
    expect(answer.success).toBe(true);
    await drained();
  });
});
