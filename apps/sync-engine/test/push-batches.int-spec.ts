import { randomUUID } from "node:crypto";
import { openDatabase, type Database } from "@dovetail/database";
import { testDatabase, type TestDatabase } from "@dovetail/testing";
import fc from "fast-check";
import { Client } from "pg";
import type { Account } from "../src/accounts/account";
import { AdapterChangedError } from "../src/accounts/adapter-change";
import { CrashPoints } from "../src/crash-points";
import { DeadLetterRepository } from "../src/dead-letters/dead-letter.repository";
import type { PushRow } from "../src/push/push";
import { PushBatchRepository, type Leaving, type SentMark, type Taken } from "../src/push/push-batch.repository";
import { mayLeave } from "../src/push/push-rules";
import { PushSettler } from "../src/push/push-settle";
import { PushRepository } from "../src/push/push.repository";
import { plainEnd, type SentPart, type Shown } from "../src/push/settle-rules";
import { RecordRepository } from "../src/records/record.repository";
import { syncEngineSchema } from "../src/schema";
import { ENTITY, placed, pushCase, standing, SYSTEM, type Placed } from "./push-cases";

const RUNS = { numRuns: 20 };
const POLICY = { "*": "erp" } as const;
const nobody = new CrashPoints(undefined);

describe("pushes in batches", () => {
  let test: TestDatabase;
  let admin: Client;
  let db: Database;
  let batches: PushBatchRepository;

  beforeAll(async () => {
    test = await testDatabase([syncEngineSchema]);
    admin = new Client(test.adminUrl);
    await admin.connect();
    await admin.query("select setval('sync_engine.io_numbers', 1000)");
    db = await openDatabase({ url: test.urlFor("sync_engine", "run"), schema: "sync_engine", applicationName: "spec" });
    batches = new PushBatchRepository(db, nobody);
  });
  afterAll(async () => {
    await db?.close();
    await admin?.end();
    await test?.drop();
  });

  const batchOf = (tenantId: string, adapter = SYSTEM) => ({ tenantId, integration: 1, adapter });
  const heldBy = ({ id, work, epoch, key, record }: Placed) => ({
    ...{ id, work, epoch, key },
    entity: ENTITY,
    version: record.version,
  });
  const leaving = (one: Placed): Leaving => ({
    ...heldBy(one),
    io: one.known?.push_io ?? null,
    shadow: one.known?.shadow_hash ?? null,
    operation: one.known ? "update" : "create",
    fields: ["name"],
    sent: { name: "new" },
  });

  /** Of a create and an update that the ERP showed nothing of. */
  const sentOf = (one: Placed): SentPart => {
    const { doc } = one.record;
    return one.known
      ? { operation: "update", fields: ["name"], doc, current: true }
      : { operation: "create", fields: Object.keys(doc), doc, current: true };
  };
  const shownOf = (one: Placed): Shown => ({
    externalId: one.known?.external_id ?? `NEW-${one.key}`,
    erpVersion: "v2",
    record: null,
    hash: null,
    mapping: null,
  });
  const taken = (one: Placed): Taken => {
    const link = plainEnd("Supplier", { record: one.record, link: one.known }, shownOf(one), sentOf(one), POLICY);
    if (!link) throw new Error("a plain end was expected");
    return { ...heldBy(one), io: 7, linked: one.known !== undefined, link };
  };

  it("SYN-8: what is marked together is what is marked alone, and what the rules let leave", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(pushCase, { minLength: 1, maxLength: 10 }), async (cases) => {
        const [a, b] = [randomUUID(), randomUUID()];
        const [together, alone] = [await placed(admin, a, cases), await placed(admin, b, cases)];
        const marks = await batches.mark(batchOf(a), [...together].reverse().map(leaving));
        const each: (SentMark | undefined)[] = [];
        for (const one of alone) each.push((await batches.mark(batchOf(b), [leaving(one)]))[0]);
        const shape = (mark: (typeof each)[number]) => mark && { reference: mark.reference, inherited: mark.inherited };
        expect([...marks].reverse().map(shape)).toEqual(each.map(shape));
        expect(await standing(admin, a)).toEqual(await standing(admin, b));
        expect(each.map((mark) => mark !== undefined)).toEqual(alone.map(mayBeMarked));
      }),
      RUNS,
    );
  });

  /** As a single push asks under the record's lock. */
  function mayBeMarked(one: Placed): boolean {
    const { record, known } = one;
    const version = one.moved === "version" ? record.version + 1 : record.version;
    const link = known && {
      ...known,
      push_io: one.moved === "io" ? known.push_io + 1 : known.push_io,
      shadow_hash: one.moved === "shadow" ? "ff" : known.shadow_hash,
    };
    const push = { status: one.status } as PushRow;
    const now = { record: { ...record, version }, link, push };
    return one.claim === "held" && mayLeave({ record, link: known, push }, now);
  }

  it("SYN-10: a push that was planned just before a conflict of its record was listed does not leave", async () => {
    const plain = { link: "beside", claim: "held", moved: "nothing", status: "pending" } as const;
    const nothing = { earlier: false, again: false, newer: false, letter: false, child: false };
    const tenantId = randomUUID();
    const both = await placed(admin, tenantId, [
      { ...plain, ...nothing },
      { ...plain, ...nothing },
    ]);
    await admin.query(
      `insert into sync_engine.dead_letters (tenant_id, id, kind, direction, integration, entity, key, external_id, reason)
       values ($1, gen_random_uuid(), 'CONFLICT', 'inbound', 1, $2, 'S-0', 'X-S-0', 'CONFLICT')`,
      [tenantId, ENTITY],
    );
    const marks = await batches.mark(batchOf(tenantId), both.map(leaving));
    expect(marks.map((mark) => mark !== undefined)).toEqual([false, true]);
    await admin.query("update sync_engine.dead_letters set status = 'DISCARDED' where tenant_id = $1", [tenantId]);
    const [first] = both;
    if (!first) throw new Error("two are placed");
    expect((await batches.mark(batchOf(tenantId), [leaving(first)]))[0]).toBeDefined();
  });

  it("SYN-8: what is settled together is what is settled alone", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(pushCase, { minLength: 1, maxLength: 10 }), async (cases) => {
        const [a, b] = [randomUUID(), randomUUID()];
        const [together, alone] = [await placed(admin, a, cases), await placed(admin, b, cases)];
        const settled = await batches.settle(batchOf(a), [...together].reverse().map(taken));
        const each = [];
        for (const one of alone) each.push((await batches.settle(batchOf(b), [taken(one)]))[0]);
        expect([...settled].reverse()).toEqual(each);
        expect(await standing(admin, a)).toEqual(await standing(admin, b));
      }),
      RUNS,
    );
  });

  it("SYN-8: what is settled in a batch stands as if it had been settled by itself, step by step", async () => {
    const account = {
      num: 1,
      name: "erp",
      document: { entities: { Supplier: { direction: "both", master: true } } },
    } as unknown as Account;
    const pushes = new PushRepository(nobody);
    const letters = new DeadLetterRepository();
    const none = undefined as never;
    const settler = new PushSettler(new RecordRepository(nobody), pushes, letters, none, none);
    let counted = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(pushCase, { minLength: 1, maxLength: 10 }), async (cases) => {
        const [a, b] = [randomUUID(), randomUUID()];
        const [together, single] = [await placed(admin, a, cases), await placed(admin, b, cases)];
        const settled = await batches.settle(batchOf(a), together.map(taken));
        for (const [i, one] of single.entries()) {
          const ready = one.claim === "held" && one.status === "sent";
          if (one.moved === "nothing" && ready) expect(settled[i]).toBe(true);
          if (!settled[i]) continue;
          counted++;
          await db.transaction(b, async (tx) => {
            const push = (await pushes.open(tx, 1, ENTITY, one.key)).find(({ id }) => id === one.id);
            if (!push) throw new Error("the push is open");
            await settler.confirm(tx, { ...account, tenantId: b }, "Supplier", push, shownOf(one), sentOf(one));
          });
        }
        // the work of a single push is finished by its runner
        expect(await standing(admin, a, false)).toEqual(await standing(admin, b, false));
      }),
      RUNS,
    );
    expect(counted).toBeGreaterThan(5);
  });

  it("the work of a settled push is done, or due again for what came meanwhile", async () => {
    const plain = { link: "beside", claim: "held", moved: "nothing", status: "sent" } as const;
    const nothing = { earlier: false, again: false, newer: false, letter: false, child: false };
    const tenantId = randomUUID();
    const all = await placed(admin, tenantId, [
      { ...plain, ...nothing },
      { ...plain, ...nothing, again: true },
      { ...plain, ...nothing, newer: true },
      { ...plain, ...nothing, child: true },
    ]);
    expect(await batches.settle(batchOf(tenantId), all.map(taken))).toEqual([true, true, true, true]);
    const { rows } = await admin.query<{ id: string }>(
      `select id, lease_until is null and due_at <= clock_timestamp() and not again as due from sync_engine.work
       where tenant_id = $1 order by id`,
      [tenantId],
    );
    expect(rows).toEqual([
      { id: `1:${ENTITY}:S-1`, due: true },
      { id: `1:${ENTITY}:S-2`, due: true },
      { id: "1:4:child of S-3", due: true },
    ]);
  });

  it("SYN-8: nothing is marked or settled for an account that is reached through another adapter, or for another tenant", async () => {
    const plain = { link: "beside", claim: "held", moved: "nothing" } as const;
    const nothing = { earlier: false, again: false, newer: false, letter: false, child: false };
    const tenantId = randomUUID();
    const [pending, sent] = await placed(admin, tenantId, [
      { ...plain, ...nothing, status: "pending" },
      { ...plain, ...nothing, status: "sent" },
    ]);
    if (!pending || !sent) throw new Error("two are placed");
    const before = await standing(admin, tenantId);
    await expect(batches.mark(batchOf(tenantId, "ODOO"), [leaving(pending)])).rejects.toBeInstanceOf(
      AdapterChangedError,
    );
    await expect(batches.settle(batchOf(tenantId, "ODOO"), [taken(sent)])).rejects.toBeInstanceOf(AdapterChangedError);
    const stranger = randomUUID();
    await placed(admin, stranger, []);
    expect(await batches.mark(batchOf(stranger), [leaving(pending)])).toEqual([undefined]);
    expect(await batches.settle(batchOf(stranger), [taken(sent)])).toEqual([false]);
    expect(await standing(admin, tenantId)).toEqual(before);
  });
});
