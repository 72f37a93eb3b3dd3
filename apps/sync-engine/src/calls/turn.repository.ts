import { Database, type Claim, type ClaimRequest } from "@dovetail/database";
import { systemClock } from "@dovetail/resilience";
import { Injectable } from "@nestjs/common";

/** How much each account and tenant may still have under way in the asking process. */
export interface Room {
  /** Accounts that have something under way, and how much more they may have. */
  queues: ReadonlyMap<number, number>;
  /** An account that has nothing under way. */
  queue: number;
  tenants: ReadonlyMap<string, number>;
  tenant: number;
  /** Accounts of which nothing is to be taken. */
  without: readonly number[];
}

export interface Found {
  claims: (Claim & { queue: number })[];
  /** Due rows that were looked at. */
  seen: number;
}

interface ClaimRow {
  /** Null in the one row that comes when nothing was claimed. */
  tenant_id: string | null;
  kind: string;
  id: string;
  priority: number;
  epoch: number;
  queue: number;
  seen: number;
}

const CALL = "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

/** Looked at for one claim: beyond so many due rows of the same kind accounts are asked for one by one. */
export const WINDOW = 64;
const SHARE = 4;

/** SQL of claims in which accounts and tenants take turns. */
@Injectable()
export class TurnRepository {
  constructor(private readonly db: Database) {}

  /** The oldest due rows that there is room for, by priority. When WINDOW rows were seen there may be others behind them. */
  oldest(request: ClaimRequest, room: Room): Promise<Found> {
    return this.claim("claim_oldest", request, WINDOW, room, 0);
  }

  /** A few due rows of each account, those behind `after` first: one look into an index per account that has any row. */
  inTurn(request: ClaimRequest, room: Room, after: number): Promise<Found> {
    return this.claim("claim_in_turn", request, SHARE, room, after);
  }

  private async claim(name: string, request: ClaimRequest, most: number, room: Room, after: number): Promise<Found> {
    const { kinds, owner, limit, leaseMs, clock = systemClock } = request;
    const deadline = clock.monotonic() + leaseMs;
    const { queues, queue, tenants, tenant, without } = room;
    const text = `select * from sync_engine.${name}${CALL}`;
    const values = [
      [...kinds],
      owner,
      limit,
      leaseMs,
      most,
      [...queues.keys()],
      [...queues.values()],
      queue,
      [...tenants.keys()],
      [...tenants.values()],
      tenant,
      [...without],
      after,
    ];
    const rows = await this.db.dispatch<ClaimRow>(text, values, name);
    const claims = rows
      .flatMap(({ tenant_id: tenantId, kind, id, priority, epoch, queue: of }) =>
        tenantId === null ? [] : [{ tenantId, kind, id, priority, epoch, deadline, queue: of }],
      )
      .sort((a, b) => a.priority - b.priority);
    return { claims, seen: rows[0]?.seen ?? 0 };
  }
}
