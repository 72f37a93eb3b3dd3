import { ENTITIES, keyOf, type EntityName, type JsonObject } from "@dovetail/domain";
import { AdapterError, type Raw } from "@dovetail/adapter-sdk";
import type { WorkResult } from "@dovetail/database";
import type { ModelClaim } from "@dovetail/testing";
import { fieldsToSend } from "../../src/push/push";
import type { ShownRow } from "../../src/pull/read-rules";
import { canonical } from "../../src/records/record";
import { entityOf, shownOf } from "./push-turn";
import type { Steps } from "./scheduler";
import { DatabaseLost, type Cursor, type Simulation } from "./simulation";
import { CursorMoved, ERP, Violation, WorkLost, type StoredLetter } from "./store";

const POLICY = { "*": "erp" } as const;
const PAGE = 3;

/** A job of one entity. */
export interface Run {
  entity: EntityName;
  mode: "full" | "incremental";
  status: "queued" | "running" | "completed" | "failed";
  attempts: number;
  allRead: boolean;
  counts: { read: number; changed: number; unchanged: number; parked: number };
}

/** Pulls, single reads and parked rows as the services and the page's SQL function do them. */
export class PullTurns {
  readonly runs: Run[] = [];

  constructor(private readonly sim: Simulation) {}

  /** A wish for a run, in one transaction. */
  execute(entity: EntityName, mode: Run["mode"] = "incremental"): void {
    const { store, rules } = this.sim;
    const covered = this.runs.find(
      (run) =>
        run.entity === entity && (run.status === "queued" || run.status === "running") && rules.runCovers(run.status),
    );
    if (!covered) {
      const counts = { read: 0, changed: 0, unchanged: 0, parked: 0 };
      this.runs.push({ entity, mode, status: "queued", attempts: 0, allRead: false, counts });
    } else if (mode === "full") covered.mode = "full";
    store.enqueue("pull", `${ERP}:${ENTITIES[entity].code}`, 0, 2);
  }

  *handle(claim: ModelClaim): Steps<WorkResult> {
    const { sim } = this;
    const entity = entityOf(Number(claim.id.split(":")[1]));
    const run = yield* sim.commit(() => this.take(entity));
    if (!run) return { done: true };
    try {
      yield* this.run(claim, run);
    } catch (error) {
      const passing = error instanceof DatabaseLost || error instanceof CursorMoved || error instanceof WorkLost;
      if (!passing && !(error instanceof AdapterError)) throw error;
      const next = sim.rules.afterTurn(passing ? "passing" : "problem", run.attempts);
      if (next.do === "again") return { againInMs: next.ms };
      yield* sim.commit(() => {
        sim.store.assertHeld(claim);
        run.status = "failed";
        // whoever waits for it asks again
        this.execute(entity);
      });
    }
    return { againInMs: 0 };
  }

  private take(entity: EntityName): Run | undefined {
    const mine = this.runs.filter((run) => run.entity === entity);
    const run = mine.find(({ status }) => status === "running") ?? mine.find(({ status }) => status === "queued");
    if (!run) return undefined;
    run.status = "running";
    if (++run.attempts === 1 && run.mode === "full") this.sim.moveCursor(entity, { value: 0 }, true);
    return run;
  }

  private *run(claim: ModelClaim, run: Run): Steps<void> {
    const { sim } = this;
    const { entity } = run;
    if (!run.allRead) {
      let cursor = yield* sim.commit(() => sim.moveCursor(entity, { epoch: sim.cursor(entity).epoch + 1 }));
      yield* this.mergeLeftOvers(entity);
      for (let failures = 0; ;) {
        const before = cursor.page;
        try {
          for (let last = false; !last;) {
            const io = yield* sim.read(() => sim.store.nextIo());
            yield 5;
            const page = sim.erp.page(entity, cursor.value, PAGE);
            yield 5;
            const at = { ...cursor, page: cursor.page + 1, value: page.cursor, baseline: cursor.baseline || page.last };
            yield* sim.commit(() => this.apply(run, at, page, io));
            cursor = at;
            last = page.last;
            yield* this.mergeLeftOvers(entity);
          }
          break;
        } catch (error) {
          if (!(error instanceof AdapterError)) throw error;
          const next = sim.rules.afterPullFailure(error.category, failures, cursor.page > before);
          if (!next.again) throw error;
          failures = next.failures;
          yield 500 * failures;
        }
      }
    } else yield* this.mergeLeftOvers(entity);
    yield* sim.commit(() => {
      sim.store.assertHeld(claim);
      run.status = "completed";
      sim.store.enqueue("release", String(ERP), 0, 4);
    });
  }

  /** `apply_page`: the cursor first, then rows without local edits; the others are left over in the same transaction. */
  private apply(run: Run, at: Cursor, { rows, last }: { rows: Raw[]; last: boolean }, io: number): void {
    const { sim } = this;
    const { store } = sim;
    if (!sim.rules.cursorFits(sim.cursor(run.entity), at.page, at.epoch)) throw new CursorMoved();
    sim.moveCursor(run.entity, at);
    const ids = new Set(rows.map((row) => row.externalId));
    store.resolve((letter) => letter.row !== undefined && ids.has(letter.row.externalId));
    for (const raw of rows) {
      const row = this.readAs(run.entity, raw, io);
      const record = store.records.get(`${run.entity}/${row.key}`);
      const link = store.link(run.entity, row.key);
      run.counts.read++;
      const shown = shownOf(run.entity, raw.externalId, raw);
      if (link && link.external_id === raw.externalId && link.shadow_hash === shown.hash) {
        run.counts.unchanged++;
        continue;
      }
      const plain = link && record && record.hash === link.shadow_hash && link.external_id === raw.externalId;
      if (record && !(plain && !sim.rules.isOvertaken(link, io))) {
        run.counts.parked++;
        store.letters.push({ direction: "inbound", id: `L${store.letters.length}`, reason: "MERGE", open: true, row });
        continue;
      }
      store.write(run.entity, canonical(run.entity, row.record));
      const base = link ?? store.newLink();
      store.saveLink(run.entity, row.key, {
        ...base,
        external_id: raw.externalId,
        erp_version: row.erpVersion,
        shadow: shown.record,
        shadow_hash: shown.hash,
        accepted: null,
        push_io: io,
      });
      run.counts.changed++;
    }
    run.allRead = last;
  }

  private *mergeLeftOvers(entity: EntityName): Steps<void> {
    const { store } = this.sim;
    for (const letter of store.letters.filter(
      (each) => each.open && each.reason === "MERGE" && each.row?.entity === entity,
    ))
      yield* this.sim.commit(() => {
        if (letter.open && letter.reason === "MERGE" && letter.row) this.settle(letter, this.merge(letter.row));
      });
  }

  private settle(letter: StoredLetter, outcome: string): void {
    if (outcome === "merged") {
      letter.open = false;
      return;
    }
    const { store } = this.sim;
    store.resolve((other) => other !== letter && other.row?.externalId === letter.row?.externalId);
    letter.reason = outcome;
    if (outcome === "IN_FLIGHT") store.enqueue("reread", this.rereadId(letter.row as ShownRow), 1_000, 3);
  }

  /** MergeService: under the record's lock; answers `merged` or the reason why it is parked. */
  private merge(row: ShownRow): string {
    const { sim } = this;
    const { store } = sim;
    const record = store.records.get(`${row.entity}/${row.key}`);
    const link = store.link(row.entity, row.key);
    const creating = record && link?.external_id == null ? store.creating(row.entity, row.key) : undefined;
    const refused = sim.rules.refusal(link, row, store.keyOfExternal(row.externalId), creating);
    if (refused) return refused.reason;
    const merged = sim.rules.mergeRead(row, sim.rules.mergeBase(link ?? store.newLink(), creating), record, POLICY);
    if (merged.do === "nothing") return "merged";
    if (merged.do === "conflict") throw new Violation("the ERP owns every field: nothing is a conflict");
    const next = merged.next && store.write(row.entity, merged.next);
    store.saveLink(row.entity, row.key, merged.link);
    if (next && merged.differs) store.plan(row.entity, row.key, next.version, "update");
    return "merged";
  }

  *reread(claim: ModelClaim): Steps<WorkResult> {
    const [, code, externalId] = claim.id.split(":");
    try {
      yield* this.readOne(entityOf(Number(code)), externalId as string);
      return { done: true };
    } catch (error) {
      if (error instanceof AdapterError) return { againInMs: 10_000 };
      throw error;
    }
  }

  /** SingleReader: one row afresh. */
  *readOne(entity: EntityName, externalId: string): Steps<void> {
    const { sim } = this;
    const io = yield* sim.read(() => sim.store.nextIo());
    yield 5;
    const [raw] = sim.erp.lookup({ externalId });
    yield 5;
    if (!raw) return;
    const row = this.readAs(entity, raw, io);
    yield* sim.commit(() => {
      const outcome = this.merge(row);
      if (outcome === "merged") return sim.store.resolve((letter) => letter.row?.externalId === externalId);
      sim.store.park(row, outcome);
      sim.store.enqueue("release", String(ERP), outcome === "IN_FLIGHT" ? 2_000 : 30_000, 4);
    });
  }

  *release(): Steps<WorkResult> {
    const { sim } = this;
    const waiting = yield* sim.commit(() => {
      const parked = sim.store.letters.filter((letter) => letter.open && letter.reason === "IN_FLIGHT");
      for (const { row } of parked) {
        const id = this.rereadId(row as ShownRow);
        if (!sim.store.work.rows.has(`reread/${id}`)) sim.store.enqueue("reread", id, 0, 3);
      }
      return parked.length;
    });
    return waiting > 0 ? { againInMs: 30_000 } : { done: true };
  }

  rereadId({ entity, externalId }: { entity: EntityName; externalId: string }): string {
    return `${ERP}:${ENTITIES[entity].code}:${externalId}`;
  }

  private readAs(entity: EntityName, raw: Raw, io: number): ShownRow {
    const record = shownOf(entity, raw.externalId, raw).record as JsonObject;
    const { externalId, version } = raw;
    return { entity, key: keyOf(entity, record), externalId, erpVersion: version ?? null, record, mapping: 1, io };
  }

  /** Whether anything of a record is still to be sent. */
  left(entity: EntityName, key: string): string[] {
    const record = this.sim.store.records.get(`${entity}/${key}`);
    const link = this.sim.store.link(entity, key);
    return record && link ? fieldsToSend(entity, link, record.doc) : ["everything"];
  }
}
