import { AdapterError, RETRY_TABLE } from "@dovetail/adapter-sdk";
import type { Json } from "@dovetail/domain";
import { ProblemError } from "@dovetail/contracts";
import { Database, enqueue, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { AccountService } from "../accounts/account.service";
import { tally, type BulkJobRow, type BulkTask, type BulkTurn, type SliceEnd } from "../bulk/bulk-job";
import { LetterDeskRepository } from "../dead-letters/letter-desk.repository";
import { SingleReader } from "../pull/single-reader";
import { entityOf } from "../pull/source-row.service";
import { ReplayRepository, type ReplayPush, type ReplayWanted } from "./replay.repository";

const PUSHES = 50;
/** Each is a call of the ERP. */
const ROWS = 10;
const AWAY_MS = 30_000;

/** How far a replay has come: the changes first, then what was not applied, then the pushes. */
type Place =
  | { part: "rows"; page: string; n: number }
  | { part: "letters"; id: string | null }
  | { part: "pushes"; id: string | null };

/** One row to be read again, and the place behind it. */
interface Again {
  entity: number;
  externalId: string | null;
  mapping: number | null;
  place: Place;
}

/** Where an entry's next part begins. */
const BEGIN: Place = { part: "rows", page: "0", n: -1 };

/**
 * Bulk job `replay`: rows that came in since a time are read again from the ERP and merged, pushes that did not succeed are
 * sent again. Merging what is there already changes nothing, so a slice that is done twice does no harm.
 */
@Injectable()
export class ReplayTask implements BulkTask {
  constructor(
    private readonly db: Database,
    private readonly replays: ReplayRepository,
    private readonly accounts: AccountService,
    private readonly reader: SingleReader,
    private readonly desk: LetterDeskRepository,
  ) {}

  count(tx: Tx, job: BulkJobRow): Promise<number> {
    return this.replays.count(tx, wantedBy(job), endOf(job));
  }

  async slice(turn: BulkTurn): Promise<SliceEnd> {
    const wanted = wantedBy(turn.job);
    const place = (turn.job.place as Place | null) ?? BEGIN;
    if (place.part === "pushes") return wanted.outbound ? this.pushes(turn, wanted, place.id) : "end";
    const account = await this.accounts.byNumber(turn.claim.tenantId, wanted.integration);
    if (!account || account.deleted) throw new ProblemError("NOT_FOUND", "the integration is not there any more");
    const entries = wanted.inbound ? await this.entries(turn, wanted, place) : [];
    if (entries.length === 0) return this.next(turn, place);
    if (account.document.status !== "ACTIVE") return { againInMs: AWAY_MS };
    return this.readAgain(turn, account, entries);
  }

  private async next(turn: BulkTurn, { part }: Place): Promise<SliceEnd> {
    const to: Place = part === "rows" ? { part: "letters", id: null } : { part: "pushes", id: null };
    await this.db.transaction(turn.claim.tenantId, (tx) =>
      turn.store(tx, { place: to as unknown as Json, done: 0, left: {} }),
    );
    return "more";
  }

  private async entries({ claim, job }: BulkTurn, wanted: ReplayWanted, place: Place): Promise<Again[]> {
    const original = wanted.mapping === "original";
    return this.db.readOnly(claim.tenantId, async (tx) => {
      if (place.part === "rows") {
        const rows = await this.replays.rows(tx, wanted, endOf(job), place, ROWS);
        return rows.map(({ page_id, n, entity, external_id, mapping }) => ({
          entity,
          externalId: external_id,
          mapping: original ? mapping : null,
          place: { part: "rows", page: page_id, n },
        }));
      }
      const id = place.part === "letters" ? place.id : null;
      const letters = await this.replays.letters(tx, wanted, endOf(job), id, ROWS);
      return letters.map((letter) => ({
        entity: letter.entity,
        externalId: letter.external_id,
        mapping: null,
        place: { part: "letters", id: letter.id },
      }));
    });
  }

  /** Reads and merges each; when the ERP is away, what has been done is stored and the rest waits. */
  private async readAgain(turn: BulkTurn, account: Account, entries: readonly Again[]): Promise<SliceEnd> {
    const left: string[] = [];
    let reached: Place | undefined;
    let done = 0;
    let end: SliceEnd = "more";
    for (const entry of entries) {
      try {
        const reason = await this.one(account, entry);
        if (reason === undefined) done++;
        else left.push(reason);
      } catch (error) {
        if (!(error instanceof AdapterError) || turn.signal.aborted) throw error;
        if (RETRY_TABLE[error.category].calls > 1) {
          end = { againInMs: error.retryAfterMs ?? AWAY_MS };
          break;
        }
        left.push(error.code);
      }
      reached = entry.place;
    }
    const place = reached as unknown as Json;
    if (reached)
      await this.db.transaction(turn.claim.tenantId, (tx) => turn.store(tx, { place, done, left: tally(left) }));
    return end;
  }

  /** Why a row was left as it is; undefined when it was read and merged. */
  private async one(account: Account, { entity, externalId, mapping }: Again): Promise<string | undefined> {
    if (externalId === null) return "NOT_LINKED";
    const outcome = await this.reader.read(account, entityOf(entity), externalId, mapping);
    return { read: undefined, absent: "ABSENT", unable: "UNABLE" }[outcome];
  }

  private async pushes({ claim, job, store }: BulkTurn, wanted: ReplayWanted, after: string | null): Promise<SliceEnd> {
    return this.db.transaction(claim.tenantId, async (tx) => {
      const pushes = await this.replays.pushes(tx, wanted, endOf(job), after, PUSHES);
      const last = pushes.at(-1);
      if (!last) return "end";
      const left: string[] = [];
      for (const push of pushes) if (!(await this.again(tx, push, wanted))) left.push(push.status.toUpperCase());
      const place = { part: "pushes", id: last.id };
      await store(tx, { place, done: pushes.length - left.length, left: tally(left) });
      return "more";
    });
  }

  /** Only what surely had no effect is sent again; what is confirmed, passed over or in doubt stays. */
  private async again(tx: Tx, push: ReplayPush, wanted: ReplayWanted): Promise<boolean> {
    if (push.status !== "rejected" && push.status !== "pending" && push.status !== "parked") return false;
    const work = await this.desk.reopenPush(tx, push.id, false);
    if (work === undefined) return false;
    await this.replays.pin(tx, push.id, wanted.mapping === "original" ? push.mapping : null);
    await enqueue(tx, { kind: "push", id: work, dueInMs: 0, priority: 4 });
    return true;
  }
}

function wantedBy(job: BulkJobRow): ReplayWanted {
  return job.wanted as unknown as ReplayWanted;
}

/** What comes after the job began stays out. */
function endOf(job: BulkJobRow): string {
  const { to } = wantedBy(job);
  return to !== null && Date.parse(to) < Date.parse(job.created_at) ? to : job.created_at;
}
