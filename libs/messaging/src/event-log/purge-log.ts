import type { Database } from "@dovetail/database";

const ROWS_AT_ONCE = 5000;

/**
 * Deletes rows of the log that are older than `olderThanDays` (7) and that every registered consumer has passed; silent
 * rows by age alone. Answers how many. A consumer that never returns keeps the rows: remove its row of log_consumers.
 */
export async function purgeLog(db: Database, options: { olderThanDays?: number } = {}): Promise<number> {
  let total = 0;
  for (;;) {
    const [row] = await db.dispatch<{ gone: number }>(
      `with old as (
         select e.tenant_id, e.seq from ${db.schema}.event_log e
         where e.at < clock_timestamp() - make_interval(days => $1)
           and (e.silent or e.position <= coalesce(
             (select min(c.position) from ${db.schema}.log_consumers c where c.tenant_id = e.tenant_id), e.position))
         limit ${ROWS_AT_ONCE}
       ), gone as (
         delete from ${db.schema}.event_log e using old where e.tenant_id = old.tenant_id and e.seq = old.seq returning 1
       )
       select count(*)::int as gone from gone`,
      [options.olderThanDays ?? 7],
    );
    const gone = row?.gone ?? 0;
    total += gone;
    if (gone < ROWS_AT_ONCE) return total;
  }
}
