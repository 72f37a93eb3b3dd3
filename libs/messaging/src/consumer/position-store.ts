import type { Producer } from "@dovetail/contracts";
import type { Database, Tx } from "@dovetail/database";
import type { Place } from "./place";

/** Another process has moved the position: what was read before is no longer true. */
export class PositionMovedError extends Error {
  override readonly name = "PositionMovedError";
}

/** Where a consumer stands in one producer's log, per tenant. The stored position is the consumer's inbox. */
export class PositionStore {
  constructor(
    private readonly db: Pick<Database, "transaction">,
    private readonly producer: Producer,
  ) {}

  load(tenantId: string): Promise<Place> {
    return this.db.transaction(tenantId, async (tx) => {
      const values = [tenantId, this.producer];
      const select = "select position, ordinal from consumer_positions where tenant_id = $1 and producer = $2";
      const known = await tx.one<Place>(select, values, "consumer_position");
      if (known) return known;
      await tx.execute(
        "insert into consumer_positions (tenant_id, producer) values ($1, $2) on conflict do nothing",
        values,
      );
      return (await tx.one<Place>(select, values)) ?? { position: 0, ordinal: 0 };
    });
  }

  /**
   * Moves the position and does `effect` in one transaction. The move comes first: two processes that think they hold
   * the lease wait for each other here, and the second finds the position moved.
   */
  move(tenantId: string, from: Place, to: Place, effect: (tx: Tx) => Promise<void>): Promise<void> {
    return this.db.transaction(tenantId, async (tx) => {
      const moved = await tx.execute(
        `update consumer_positions set position = $5, ordinal = $6
         where tenant_id = $1 and producer = $2 and position = $3 and ordinal = $4`,
        [tenantId, this.producer, from.position, from.ordinal, to.position, to.ordinal],
        "move_consumer",
      );
      if (moved === 0) throw new PositionMovedError("the position was moved by another process");
      await effect(tx);
    });
  }
}
