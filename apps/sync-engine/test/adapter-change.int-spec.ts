import { mkdirSync, renameSync, writeFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileExchange } from "@dovetail/adapter-file-exchange";
import { memory } from "@dovetail/adapter-memory";
import type { Integration } from "@dovetail/contracts";
import { ENTITIES, type EntityName, type JsonObject } from "@dovetail/domain";
import { eventually, temporaryFolder } from "@dovetail/testing";
import type { Account } from "../src/accounts/account";
import { AccountService } from "../src/accounts/account.service";
import { AdapterChangedError } from "../src/accounts/adapter-change";
import { PageRepository } from "../src/pull/page.repository";
import { World } from "./world";

const FOLDERS = ["in", "work", "done", "error", "out", "ack"];

/** What makes the integration one by files. */
function byFiles(root: string): Partial<Integration> {
  const sets = [{ entityType: "Supplier", pattern: "suppliers*.csv", key: ["id"] }];
  return {
    connectionMethod: "FILE",
    authMethod: "NONE",
    settings: { transport: "folder", root, format: "csv", stableMs: 0, sets } as JsonObject,
    adapter: { system: "FILE", version: 1 },
  };
}

describe("another connection method", () => {
  let world: World;
  let root: string;

  beforeAll(async () => {
    world = await World.open({ Supplier: {}, Part: {} }, 0);
    root = temporaryFolder("adapter-change");
    for (const name of FOLDERS) mkdirSync(join(root, name), { recursive: true });
    await world.startEngine({ ERP_FILE_ROOTS: root });
  });
  afterAll(() => world?.close());

  function deliver(name: string, lines: string[]): void {
    writeFileSync(join(root, `${name}.part`), `${lines.join("\n")}\n`);
    renameSync(join(root, `${name}.part`), join(root, "in", name));
  }

  const sync = async (entity: EntityName) => (await world.sync([entity]))[0];
  const linkOf = (key: string) =>
    world.sql<{ external_id: string | null }>("select external_id from sync_engine.records where key = $1", [key]);

  it("begins anew with the other adapter: no row is doubled, edits of our own stand, nothing is sent twice", async () => {
    const ids: string[] = [];
    for (const number of ["S-1", "S-2", "S-3"]) {
      const body = { ...world.erp.newBody("Supplier"), supplierNumber: number, name: `Name of ${number}` };
      ids.push(world.erp.insert("Supplier", body).externalId);
    }
    expect(await sync("Supplier")).toMatchObject({ status: "completed", counts: { created: 3 } });
    expect(await linkOf("S-1")).toEqual([{ external_id: ids[0] }]);
    expect(await sync("Part")).toMatchObject({ status: "completed" });

    // An order to the ERP whose outcome nobody knows: the ERP is away when it is asked.
    world.erp.faults.always({ kind: "timeoutAfter" });
    const record = { ...(await world.record("Supplier", "S-2")), name: "Ours" };
    const { transactions } = await world.main.write({ entityType: "Supplier", key: "S-2", body: record });
    const [push] = transactions;
    await world.main.settled(push?.id, "unknown");

    world.main.change(byFiles(root));
    world.main.setMapping("Supplier", 2, fileExchange.mappings.Supplier as unknown as JsonObject);
    deliver("suppliers-1.csv", [
      "id,supplierNumber,name",
      "F1,S-1,Name of S-1",
      "F2,S-2,Name of S-2",
      "F3,S-3,Told by file",
      "F4,S-4,New",
    ]);
    const job = await sync("Supplier");
    expect(job).toMatchObject({ status: "completed", mappingVersion: 2, counts: { read: 4, created: 1, parked: 1 } });
    expect(await linkOf("S-1")).toEqual([{ external_id: "F1" }]);
    expect(await linkOf("S-3")).toEqual([{ external_id: "F3" }]);
    expect(await world.record("Supplier", "S-3")).toMatchObject({ name: "Told by file" });
    expect(await world.record("Supplier", "S-2")).toMatchObject({ name: "Ours" });

    // What the former adapter sent is a person's now: the file adapter neither repeats nor confirms it.
    await world.sql("update sync_engine.work set due_at = now() where kind = 'push'");
    const letter = await eventually(async () => {
      const found = (await world.main.letters()).find(({ reason }) => reason === "UNKNOWN");
      if (!found) throw new Error("nothing is listed");
      return found;
    });
    expect(letter).toMatchObject({ key: "S-2", direction: "outbound" });
    expect(letter.problem?.detail).toMatch(/was sent through MEMORY; the integration now goes through FILE/);
    expect(readdirSync(join(root, "out"))).toEqual([]);
  });

  it("goes on by the new cursor", async () => {
    deliver("suppliers-2.csv", ["id,supplierNumber,name", "F1,S-1,Changed", "F5,S-5,Newer"]);
    const job = await sync("Supplier");
    expect(job).toMatchObject({ status: "completed", counts: { read: 2, created: 1, updated: 1 } });
  });

  it("sends nothing new before the first load through the other adapter is complete", async () => {
    const { transactions } = await world.main.write({
      entityType: "Part",
      key: "P-1",
      body: { partNumber: "P-1", name: "Bolt" },
    });
    await world.main.settled(transactions[0]?.id, "parked");
    expect(readdirSync(join(root, "out"))).toEqual([]);
  });

  it("back to the former one is the same again", async () => {
    world.erp.faults.clear();
    world.main.change({
      connectionMethod: "API",
      authMethod: "BASIC",
      settings: { instance: world.main.instance },
      adapter: { system: "MEMORY", version: 1 },
    });
    world.main.setMapping("Supplier", 3, memory.mappings.Supplier as unknown as JsonObject);
    expect(await sync("Supplier")).toMatchObject({ status: "completed" });
    expect((await linkOf("S-1"))[0]?.external_id).not.toBe("F1");
  });

  /** The change is known, and nothing has been read through the new adapter. */
  async function changeOver(): Promise<void> {
    world.main.change(byFiles(root));
    const accounts = world.engines[0]?.app.get(AccountService);
    await accounts?.refresh(world.main.tenantId, world.main.tenant, world.integration.id);
  }

  it("while a request is under way and a row waits: no id of the former one comes into a link any more", async () => {
    const accounts = world.engines[0]?.app.get(AccountService);
    const former = (await accounts?.all(world.main.tenantId))?.[0] as Account;
    const paused = world.erp.faults.pauseSender();
    const body = { ...world.erp.newBody("Supplier"), supplierNumber: "S-9", name: "Under way" };
    const { transactions } = await world.main.write({ entityType: "Supplier", key: "S-9", body });
    await paused.held;
    await world.sql(
      `insert into sync_engine.dead_letters (tenant_id, id, kind, direction, integration, entity, external_id, reason)
       select tenant_id, gen_random_uuid(), 'PARKED', 'inbound', num, $1, 'former', 'UNKNOWN_PARENT' from sync_engine.accounts`,
      [ENTITIES.Supplier.code],
    );
    await changeOver();
    await paused.release();
    const letter = await eventually(async () => {
      const found = (await world.main.letters()).find(({ key }) => key === "S-9");
      if (!found) throw new Error("nothing is listed");
      return found;
    });
    expect(letter.problem?.detail).toMatch(/was sent through MEMORY; the integration now goes through FILE/);
    await world.main.settled(transactions[0]?.id, "unknown");
    expect(await linkOf("S-9")).toEqual([{ external_id: null }]);
    expect((await world.main.letters()).filter(({ direction }) => direction === "inbound")).toEqual([]);

    // A worker that has not heard of the change: it neither reads nor stores a cursor through the former adapter.
    const pages = world.engines[0]?.app.get(PageRepository);
    const stale = pages?.openCursor(
      former.tenantId,
      former.num,
      ENTITIES.Supplier.code,
      former.document.adapter.system,
    );
    await expect(stale).rejects.toThrow(AdapterChangedError);
  });
});
