import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileExchange } from "@dovetail/adapter-file-exchange";
import { sync } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { eventually, temporaryFolder } from "@dovetail/testing";
import type { TestTenant } from "./tenant";
import { World } from "./world";

const CHANGES = 20;
const PATIENCE = { timeoutMs: 60_000 };

jest.setTimeout(180_000);

/** The other end of the folder: takes each file over into the ERP, and answers it. */
class FileSide {
  readonly references: string[] = [];

  constructor(
    private readonly root: string,
    private readonly erp: World["erp"],
  ) {}

  waiting(): string[] {
    return readdirSync(join(this.root, "out")).filter((name) => name.endsWith(".json"));
  }

  work(): void {
    for (const name of this.waiting()) {
      const file = JSON.parse(readFileSync(join(this.root, "out", name), "utf8")) as {
        reference: string;
        body: JsonObject;
      };
      this.references.push(file.reference);
      const { externalId } = this.erp.insert("Part", file.body, { reference: file.reference });
      renameSync(join(this.root, "out", name), join(this.root, "done", name));
      const answer = JSON.stringify({ status: "confirmed", externalId });
      writeFileSync(join(this.root, "ack", name.replace(/json$/, "ack.json")), answer);
    }
  }
}

describe("an ERP that is away, with a file exchange to fall back on", () => {
  let world: World;
  let files: TestTenant;
  let side: FileSide;

  beforeAll(async () => {
    const root = temporaryFolder("fallback");
    for (const name of ["in", "work", "done", "error", "out", "ack"]) mkdirSync(join(root, name));
    world = await World.open({ Part: {}, CostPosting: {} }, 0);
    await world.startEngine({ ERP_FILE_ROOTS: root });
    await world.sync(["Part", "CostPosting"]);
    side = new FileSide(root, world.erp);
    files = world.main.beside({ Part: { direction: "outbound" } });
    world.tenants.push(files);
    const sets = [{ entityType: "Part", pattern: "part*.csv", key: ["partNumber"] }];
    files.change({
      erpSystem: "ANY",
      connectionMethod: "FILE",
      authMethod: "NONE",
      settings: { transport: "folder", root, format: "csv", stableMs: 0, sets } as JsonObject,
      adapter: { system: "FILE", version: fileExchange.version },
    });
    files.setMapping("Part", 1, fileExchange.mappings.Part as unknown as JsonObject);
    await files.execute(["Part"]);
    world.main.change({ features: { fileFallback: files.integration.name } });
    await world.sync(["Part"]);
  });
  afterAll(() => world?.close());

  const create = async (key: string, entityType: "Part" | "CostPosting" = "Part") => {
    const name = entityType === "Part" ? "partNumber" : "costPostingNumber";
    const body = { ...world.erp.newBody(entityType), [name]: key };
    const { transactions } = await world.main.write({ entityType, key, body });
    expect(transactions).toHaveLength(1);
    return transactions[0]?.id;
  };
  const circuit = async () => {
    const [health] = await world.bus.call(sync.health, world.context, { integration: world.integration.name });
    return health?.circuit.state;
  };
  const hurry = () =>
    world.sql("update sync_engine.work set due_at = clock_timestamp() where kind = 'push' and lease_until is null");

  it("SYN-16: what was not sent goes by file and is confirmed by its answer; coming back doubles nothing", async () => {
    // its outcome on the ERP's own way is not known: it never goes to the file
    world.erp.faults.next({ kind: "timeoutAfter" }, { calls: ["push"] });
    const doubted = await create("DOUBTED");
    await world.main.settled(doubted, "unknown");
    world.erp.faults.always({ kind: "unreachable" });
    await eventually(async () => {
      await hurry();
      await world.main.execute(["Part"], "full");
      expect(await circuit()).not.toBe("closed");
    }, PATIENCE);

    const keys = Array.from({ length: CHANGES }, (_, i) => `F-${i}`);
    const ids: (string | undefined)[] = [];
    for (const key of keys) ids.push(await create(key));
    await eventually(() => expect(side.waiting()).toHaveLength(CHANGES), PATIENCE);
    for (const id of ids) await world.main.settled(id, "accepted");
    const stay = await world.sql<{ reference: string }>(
      "select reference from sync_engine.pushes where key = 'DOUBTED'",
    );

    side.work();
    await eventually(async () => {
      await hurry();
      for (const id of ids) await world.main.settled(id, "confirmed", 100);
    }, PATIENCE);
    // handed over and not yet answered when the ERP is back: it stays with its way
    const late = await create("LATE");
    await world.main.settled(late, "accepted");
    world.erp.faults.clear();
    // the next call after the pause finds out that the ERP is back; the pause is cut short here
    await world.sql("update sync_engine.call_budgets set open_until = clock_timestamp() where open_until is not null");
    // nothing is pulled: a push itself is the probe
    const probe = await create("PROBE");
    await eventually(async () => {
      await hurry();
      await world.main.settled(probe, "confirmed", 100);
      expect(await circuit()).toBe("closed");
    }, PATIENCE);
    const back = await create("BACK");
    await eventually(async () => {
      await hurry();
      await world.main.settled(doubted, "confirmed", 100);
      await world.main.settled(back, "confirmed", 100);
    }, PATIENCE);
    expect((await world.main.settled(late, "accepted")).attempts).toBe(1);
    side.work();
    await eventually(async () => {
      await hurry();
      await world.main.settled(late, "confirmed", 100);
    }, PATIENCE);

    for (const key of [...keys, "DOUBTED", "LATE", "PROBE", "BACK"])
      expect([key, world.main.documents("Part", key).length]).toEqual([key, 1]);
    expect(side.references).toHaveLength(CHANGES + 1);
    expect(new Set(side.references).size).toBe(CHANGES + 1);
    expect(side.references).not.toContain(stay[0]?.reference);
    // linked by what the answers told: the next version goes the ERP's own way, as an update
    const edit = { entityType: "Part", key: "F-0", op: "patch", body: { description: "by API again" } } as const;
    await world.main.settled((await world.main.write(edit)).transactions[0]?.id, "confirmed");
    expect(world.main.documents("Part", "F-0")).toMatchObject([{ description: "by API again" }]);
    expect(side.waiting()).toEqual([]);
    const [job] = await world.sync(["Part"], "full");
    expect(job?.counts).toMatchObject({ created: 0 });
    expect(await world.main.letters()).toEqual([]);
  });
});
