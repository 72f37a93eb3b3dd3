import type { Json } from "@dovetail/domain";
import { Database } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { CrashPoints } from "../crash-points";
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
  /** Other integrations that get every change pushed. */
  targets: readonly number[];
  rows: readonly PreparedRow[];
  letters: readonly Letter[];
}

/** Where a pull stands. */
export interface CursorRow {
  page: number;
  epoch: number;
  value: Json | null;
  baseline: boolean;
}

/** Another worker owns the cursor now, or our own commit was answered into the void. */
export class CursorMovedError extends Error {
  constructor() {
    super("the cursor moved");
    this.name = "CursorMovedError";
  }
}

/** A known external id came under another key. */
export class ExternalIdTakenError extends Error {
  constructor() {
    super("an external id of the page is linked to another key");
    this.name = "ExternalIdTakenError";
  }
}

const APPLY_PAGE = {
  name: "apply_page",
  text: `select sync_engine.apply_page($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22) as left_over`,
};

/** SQL of the pull: cursors and the one call per page. */
@Injectable()
export class PageRepository {
  constructor(
    private readonly db: Database,
    private readonly crash: CrashPoints,
  ) {}

  /** Merges one page. Answers how many rows were left for the field merge. */
  async apply(page: PageCall): Promise<number> {
    this.crash.at("page.before-commit");
    try {
      const [row] = await this.db.call<{ left_over: number }>({ ...APPLY_PAGE, values: parameters(page) });
      this.crash.at("page.after-commit");
      return row?.left_over ?? 0;
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (code === "DV001") throw new CursorMovedError();
      if (code === "23505" && /external/.test((error as { constraint?: string }).constraint ?? ""))
        throw new ExternalIdTakenError();
      throw error;
    }
  }

  /** Opens the cursor for a worker: raises the epoch, so that an earlier worker's page is refused. */
  async openCursor(tenantId: string, integration: number, entity: number): Promise<CursorRow> {
    return this.db.transaction(tenantId, async (tx) => {
      const row = await tx.one<CursorRow>(
        `insert into sync_engine.cursors as c (tenant_id, integration, entity, epoch) values ($1, $2, $3, 1)
         on conflict (tenant_id, integration, entity) do update
           set epoch = c.epoch + 1, updated_at = now()
         returning page, epoch, value, baseline`,
        [tenantId, integration, entity],
      );
      if (!row) throw new Error("the cursor row is missing");
      return row;
    });
  }

  /** The cursor as it stands, without touching it. */
  async readCursor(tenantId: string, integration: number, entity: number): Promise<CursorRow | undefined> {
    return this.db.transaction(tenantId, (tx) =>
      tx.one<CursorRow>(
        `select page, epoch, value, baseline from sync_engine.cursors where tenant_id = $1 and integration = $2 and entity = $3`,
        [tenantId, integration, entity],
      ),
    );
  }

  /** Numbers one read or write of an ERP: taken before the request leaves. */
  async nextIo(): Promise<number> {
    const [row] = await this.db.call<{ io: number }>({
      name: "next_io",
      text: `select nextval('sync_engine.io_numbers') as io`,
      values: [],
    });
    return Number(row?.io);
  }

  /** The keys behind external ids, of the entity's records and links of one integration. */
  async keysOf(
    tenantId: string,
    integration: number,
    entity: number,
    externalIds: readonly string[],
  ): Promise<Map<string, string>> {
    const rows = await this.db.call<{ external_id: string; key: string }>({
      name: "keys_of",
      text: `select external_id, key from sync_engine.keys_of($1, $2, $3, $4)`,
      values: [tenantId, integration, entity, externalIds.join("\n")],
    });
    return new Map(rows.map((row) => [row.external_id, row.key]));
  }
}

function parameters(p: PageCall): unknown[] {
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
    none ? null : join((row) => row.doc),
  ];
}
