import type { Json } from "@dovetail/domain";
import type { Letter, PreparedRow } from "./page";

/** One page as the merge function takes it. */
export interface PageCall {
  tenantId: string;
  tenant: string;
  integration: number;
  /** `/integrations/<name>` */
  source: string;
  entity: number;
  jobId: string;
  epoch: number;
  page: number;
  io: number;
  mapping: number;
  /** '' = master of the entity, text = owner of the keys that begin so, null = gets pushes only. */
  prefix: string | null;
  cursor: Json;
  last: boolean;
  baseline: boolean;
  repeats: number;
  /** A field follows the newest change: when each row was changed is told. */
  newest?: boolean;
  /** Other integrations that get every change pushed. */
  targets: readonly number[];
  rows: readonly PreparedRow[];
  letters: readonly Letter[];
}

/** The parameters of `apply_page`; `same`: external ids of rows that were compared already; null: compare only, without documents. */
export function parameters(p: PageCall, same: string | null): unknown[] {
  // newline-joined text: node-pg's array escaping costs more than the rest of the call
  const join = (value: (row: PreparedRow) => string | null) => p.rows.map(value).join("\n");
  const versions = p.rows.some((row) => row.erpVersion !== null) ? join((row) => row.erpVersion) : null;
  const none = p.rows.length === 0;
  return [
    p.tenantId,
    p.tenant,
    p.integration,
    p.source,
    p.entity,
    p.jobId,
    p.epoch,
    p.page,
    p.io,
    p.mapping,
    p.prefix,
    JSON.stringify(p.cursor),
    p.last,
    p.baseline,
    p.repeats,
    p.targets.length > 0 ? p.targets : null,
    JSON.stringify(p.letters),
    none ? null : join((row) => row.key),
    none ? null : join((row) => row.externalId),
    versions,
    none ? null : join((row) => `\\x${row.hash}`),
    none || same === null ? null : join((row) => row.doc),
    same === "" ? null : same,
    p.newest && !none ? join((row) => row.modifiedAt ?? "") : null,
  ];
}
