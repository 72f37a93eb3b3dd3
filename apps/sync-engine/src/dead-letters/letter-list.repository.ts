import type { DeadLetterKind, DeadLetterStatus } from "@dovetail/contracts";
import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { LETTER_COLUMNS, type DeadLetterRow } from "./dead-letter.repository";

/** Which letters are meant; null leaves all in. */
export interface LetterWanted {
  integration: number | null;
  kind: DeadLetterKind | null;
  reason: string | null;
  entity: number | null;
  key: string | null;
  /** Listed at or after `from`, before `to`. */
  from: string | null;
  to: string | null;
}

/** A letter's place in the order of listing. */
export interface LetterPlace {
  at: string;
  id: string;
}

/** A letter with where it stands, for whoever goes through them in order. */
export interface PlacedLetter extends DeadLetterRow {
  place_at: string;
}

// rows on their way from the page merge to the field merge are no letters yet
const WANTED = `tenant_id = $1 and status = $2 and reason <> 'MERGE' and ($3::int is null or integration = $3)
  and ($4::text is null or kind = $4) and ($5::text is null or reason = $5) and ($6::int is null or entity = $6)
  and ($7::text is null or key = $7) and ($8::timestamptz is null or created_at >= $8) and ($9::timestamptz is null or created_at < $9)`;

/** Reads of dead letters inside a tenant transaction. */
@Injectable()
export class LetterListRepository {
  /** Newest first, behind `before`. */
  async list(
    tx: Tx,
    wanted: LetterWanted,
    status: DeadLetterStatus,
    before: string | null,
    limit: number,
  ): Promise<DeadLetterRow[]> {
    return tx.query<DeadLetterRow>(
      `select ${LETTER_COLUMNS} from sync_engine.dead_letters
       where ${WANTED}
         and ($10::uuid is null or (created_at, id) < (select b.created_at, b.id from sync_engine.dead_letters b where b.tenant_id = $1 and b.id = $10))
       order by created_at desc, id desc limit $11`,
      [...values(tx, wanted, status), before, limit],
    );
  }

  /** Open letters, oldest first, behind `after`; `wanted.to` keeps those out that come while one goes through them. */
  async next(tx: Tx, wanted: LetterWanted, after: LetterPlace | null, limit: number): Promise<PlacedLetter[]> {
    return tx.query<PlacedLetter>(
      `select ${LETTER_COLUMNS}, created_at::text as place_at from sync_engine.dead_letters
       where ${WANTED} and ($10::timestamptz is null or (created_at, id) > ($10, $11::uuid)) order by created_at, id limit $12`,
      [...values(tx, wanted, "OPEN"), after?.at ?? null, after?.id ?? null, limit],
    );
  }

  async count(tx: Tx, wanted: LetterWanted): Promise<number> {
    const row = await tx.one<{ n: number }>(
      `select count(*)::int n from sync_engine.dead_letters where ${WANTED}`,
      values(tx, wanted, "OPEN"),
    );
    return row?.n ?? 0;
  }
}

function values(tx: Tx, wanted: LetterWanted, status: DeadLetterStatus): unknown[] {
  const { integration, kind, reason, entity, key, from, to } = wanted;
  return [tx.tenantId, status, integration, kind, reason, entity, key, from, to];
}
