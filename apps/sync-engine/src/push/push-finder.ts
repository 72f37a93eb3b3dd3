import { ENTITIES, keyOf } from "@dovetail/domain";
import { AdapterError, type Raw } from "@dovetail/adapter-sdk";
import { ProblemError } from "@dovetail/contracts";
import { assertHeld, Database, type Tx, type WorkResult } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { assertAdapter } from "../accounts/adapter-change";
import { RecordRepository } from "../records/record.repository";
import { isLost, TROUBLE_MS, type PushState } from "./push-rules";
import { PushSettler } from "./push-settle";
import type { PushTurn } from "./push-turn";
import { PushRepository } from "./push.repository";

/** A pull may show the row meanwhile; a newer version and a person are not waited for. */
const LOOK_AGAIN_MS = 10 * 60_000;

/** The letter of a push whose document is not found; a person's retry of it says that the ERP does not have the document. */
export const NOT_LINKED = "NOT_LINKED";

/**
 * Finds the external id of a document that the ERP has shown through another adapter. Only one row of the same key tells:
 * that none is found may be the mapping's doing or a search that knows other keys, so nothing is made or given up by it.
 */
@Injectable()
export class PushFinder {
  constructor(
    private readonly db: Database,
    private readonly pushes: PushRepository,
    private readonly settler: PushSettler,
    private readonly records: RecordRepository,
  ) {}

  async find(turn: PushTurn, state: PushState): Promise<WorkResult> {
    const { port, session, account, entity, key } = turn;
    const names = ENTITIES[entity].key;
    const by = Object.fromEntries(names.map((name) => [name, state.record.doc[name] ?? null]));
    let found: Raw[];
    try {
      if (!port.lookup) return await this.leave(turn, state, `${session.adapter.system} cannot look it up`);
      found = await port.lookup(session.handle, { key: by });
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error;
      if (error.category === "VALIDATION") return this.leave(turn, state, error.message);
      return { againInMs: error.retryAfterMs ?? TROUBLE_MS };
    }
    const [row] = found;
    if (!row || found.length > 1) return this.leave(turn, state, `${found.length} rows of its key are found`);
    const shown = await this.settler.read(account, entity, row.externalId, row.version, row);
    if (!shown.record || keyOf(entity, shown.record) !== key)
      return this.leave(turn, state, `row ${row.externalId} is found, and is not read as ${key}`);
    return this.link(turn, state, row);
  }

  /** From here on the account names the document so; what the ERP last showed stays, and the push is planned anew. */
  private async link(turn: PushTurn, state: PushState, row: Raw): Promise<WorkResult> {
    const { account, entity, key } = turn;
    const taken = await this.db.readOnly(account.tenantId, (tx) =>
      this.records.keyOfExternal(tx, entity, account.num, row.externalId),
    );
    if (taken !== undefined) return this.leave(turn, state, `row ${row.externalId} is linked to ${taken}`);
    return this.write(turn, async (tx) => {
      const record = await this.records.lock(tx, entity, key);
      const link = await this.records.link(tx, entity, record, key, account.num);
      if (!record || !link || !isLost(link)) return { againInMs: 0 };
      const named = { ...link, external_id: row.externalId, erp_version: row.version ?? null };
      await this.records.saveLink(tx, entity, key, account.num, named, record.hash);
      return { againInMs: 0 };
    });
  }

  private async leave(turn: PushTurn, { push, record }: PushState, why: string): Promise<WorkResult> {
    if (push.status === "parked" && push.category === "NOT_FOUND") return { againInMs: LOOK_AGAIN_MS };
    const what = record.deleted ? "its deletion" : "its change";
    const problem = new ProblemError(
      "CONFLICT",
      `the ERP has shown ${push.key} through another connection, and by which id it is known now cannot be told (${why}): ${what} is not sent`,
      { resolution: BY_HAND },
    );
    return this.write(turn, async (tx) => {
      await this.pushes.change(tx, push.id, { status: "parked", problem: problem.problem, category: "NOT_FOUND" });
      await this.settler.list(tx, turn.account, turn.entity, push, NOT_LINKED, problem);
      return { againInMs: LOOK_AGAIN_MS };
    });
  }

  private async write(turn: PushTurn, work: (tx: Tx) => Promise<WorkResult>): Promise<WorkResult> {
    return this.db.transaction(turn.account.tenantId, async (tx) => {
      await assertHeld(tx, turn.claim);
      await assertAdapter(tx, turn.account.num, turn.session.adapter.system);
      return work(tx);
    });
  }
}

const BY_HAND =
  "Have the ERP show the row, and read it: it is then linked by its key, and the push goes out. Or look the document up in the ERP; then discard the entry, or retry it alone when the document is not there.";
