import { Inject, Injectable } from "@nestjs/common";
import { ProblemError } from "@dovetail/contracts";
import { decrypt, encrypt, KeyRing, sha256Hex, type Encrypted } from "@dovetail/crypto";
import { Database, type Tx } from "@dovetail/database";
import { KEYS } from "../tokens";

/** A request that may be repeated: who sent it, where to, its Idempotency-Key and its body. */
export interface Repeatable {
  sender: string;
  route: string;
  key: string;
  body: unknown;
}

/** What was answered. */
export interface KeptAnswer {
  body: unknown;
  headers: Record<string, string>;
}

interface RequestRow {
  digest: Encrypted;
  answer: Encrypted | null;
  abandoned: boolean;
}

const WHERE = "tenant_id = $1 and sender = $2 and route = $3 and key = $4";
/** A request at work for longer has lost its process. */
const ABANDONED_AFTER = "interval '2 minutes'";

/** Answers to requests with an Idempotency-Key, kept for 24 hours; encrypted, since some show a key once. */
@Injectable()
export class KeptAnswers {
  constructor(
    private readonly db: Database,
    @Inject(KEYS) private readonly ring: KeyRing,
  ) {}

  /**
   * Takes a request up: undefined when its work is to be done now, else the answer it had.
   * Throws CONFLICT when the key came with another body, or its first request is still at work.
   */
  async begin(tenantId: string, request: Repeatable): Promise<KeptAnswer | undefined> {
    return this.db.transaction(tenantId, async (tx) => {
      const where = [tenantId, request.sender, request.route, request.key];
      const taken = await tx.execute(
        `insert into kept_answers (tenant_id, sender, route, key, digest) values ($1, $2, $3, $4, $5)
         on conflict do nothing`,
        [...where, this.digestOf(tenantId, request)],
      );
      if (taken > 0) return undefined;
      const row = await tx.one<RequestRow>(
        `select digest, answer, created_at < clock_timestamp() - ${ABANDONED_AFTER} as abandoned
         from kept_answers where ${WHERE} for update`,
        where,
      );
      // Given up between the two statements: the client may ask again.
      if (!row) throw atWork();
      const answer = this.answerOf(row, request, tenantId);
      if (answer) return answer;
      if (!row.abandoned) throw atWork();
      await tx.execute(`update kept_answers set created_at = clock_timestamp() where ${WHERE}`, where);
      return undefined;
    });
  }

  /** The answer that a request had, if any. Throws CONFLICT when the key came with another body. */
  async find(tenantId: string, request: Repeatable): Promise<KeptAnswer | undefined> {
    const row = await this.db.readOnly(tenantId, (tx) =>
      tx.one<RequestRow>(`select digest, answer, false as abandoned from kept_answers where ${WHERE}`, [
        tenantId,
        request.sender,
        request.route,
        request.key,
      ]),
    );
    return row && this.answerOf(row, request, tenantId);
  }

  async finish(tenantId: string, request: Repeatable, answer: KeptAnswer): Promise<void> {
    await this.db.transaction(tenantId, (tx) => this.keep(tx, request, answer));
  }

  /** Keeps an answer within the transaction of its effect. */
  async keep(tx: Tx, request: Repeatable, answer: KeptAnswer): Promise<void> {
    const sealed = encrypt(this.ring, JSON.stringify(answer), contextOf(tx.tenantId, request));
    await tx.execute(
      `insert into kept_answers (tenant_id, sender, route, key, digest, answer) values ($1, $2, $3, $4, $5, $6)
       on conflict (tenant_id, sender, route, key) do update set answer = excluded.answer`,
      [
        tx.tenantId,
        request.sender,
        request.route,
        request.key,
        this.digestOf(tx.tenantId, request),
        JSON.stringify(sealed),
      ],
    );
  }

  /** The work failed: a repetition does it again. */
  async giveUp(tenantId: string, request: Repeatable): Promise<void> {
    await this.db.transaction(tenantId, (tx) =>
      tx.execute(`delete from kept_answers where ${WHERE} and answer is null`, [
        tenantId,
        request.sender,
        request.route,
        request.key,
      ]),
    );
  }

  async removeOld(tenantId: string): Promise<number> {
    return this.db.transaction(tenantId, (tx) =>
      tx.execute(
        "delete from kept_answers where tenant_id = $1 and created_at < clock_timestamp() - interval '24 hours'",
        [tenantId],
      ),
    );
  }

  private digestOf(tenantId: string, request: Repeatable): string {
    return JSON.stringify(encrypt(this.ring, hashOf(request.body), contextOf(tenantId, request)));
  }

  private answerOf(row: RequestRow, request: Repeatable, tenantId: string): KeptAnswer | undefined {
    const digest = decrypt(this.ring, row.digest, contextOf(tenantId, request)).toString("utf8");
    if (digest !== hashOf(request.body))
      throw new ProblemError("CONFLICT", "This Idempotency-Key was used with another body.", {
        resolution: "Use a new Idempotency-Key for another request.",
      });
    if (row.answer === null) return undefined;
    return JSON.parse(decrypt(this.ring, row.answer, contextOf(tenantId, request)).toString("utf8")) as KeptAnswer;
  }
}

function hashOf(body: unknown): string {
  return sha256Hex(JSON.stringify(body ?? null));
}

function contextOf(tenantId: string, request: Repeatable): string {
  return `answer/${tenantId}/${request.sender}/${request.route}/${request.key}`;
}

function atWork(): ProblemError {
  return new ProblemError("CONFLICT", "The first request with this Idempotency-Key is still at work.", {
    resolution: "Repeat the request after the time in Retry-After.",
    retryAfterSeconds: 2,
  });
}
