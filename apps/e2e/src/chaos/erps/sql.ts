import { startPostgres, type RunningPostgres } from "@dovetail/embedded";
import type { EntityName, JsonObject } from "@dovetail/domain";
import { FaultProxy } from "@dovetail/testing";
import { Pool } from "pg";
import type { TenantWorld } from "../../tenant-world";
import type { ErpDocument, ErpEntity, ErpHistory, JournalEntry, Send } from "../history";
import type { ChaosErp } from "./erp";
import { schemaOf, settingsOf, type SqlTable } from "./sql-tables";

const PASSWORD = "chaos";
const TIMEOUT_SECONDS = 5;

/** The server of the SQL ERPs: another one than the product's, and never restarted. */
export async function startErpServer(dir: string): Promise<RunningPostgres> {
  return startPostgres({ dir, password: PASSWORD, settings: { fsync: "off", full_page_writes: "off" } });
}

/** An ERP that speaks SQL: rows are written into its tables and read from its views. It only gets pushes. */
export class ChaosSql implements ChaosErp {
  readonly inbound: readonly EntityName[];
  /** Documents whose writer was not told that they were committed. */
  private readonly unanswered = new Set<string>();

  private constructor(
    readonly integration: string,
    readonly line: FaultProxy,
    private readonly tables: readonly SqlTable[],
    private readonly database: string,
    private readonly pool: Pool,
  ) {
    this.inbound = tables.map(({ entity }) => entity);
    pool.on("error", () => undefined);
  }

  static async start(integration: string, tables: readonly SqlTable[], server: RunningPostgres): Promise<ChaosSql> {
    const database = integration.replace(/-/g, "_");
    const root = new Pool({ connectionString: server.url, max: 1 });
    await root.query(`create database ${database}`);
    await root.query(`create role ${database}_client login password '${PASSWORD}'`);
    await root.end();
    const url = new URL(server.url);
    url.pathname = `/${database}`;
    const pool = new Pool({ connectionString: url.href, max: 4 });
    await pool.query(schemaOf(tables, `${database}_client`));
    const line = await FaultProxy.start({ port: server.port });
    return new ChaosSql(integration, line, tables, database, pool);
  }

  async connect(tenant: TenantWorld): Promise<void> {
    const entities = Object.fromEntries(
      this.tables.map(({ entity }) => [entity, { direction: "outbound", master: false, lookbackSeconds: 5 }]),
    );
    await tenant.api.change("POST", "/erp/integrations", {
      name: this.integration,
      erpSystem: "DATABASE",
      description: "A SQL ERP of the chaos run",
      connectionMethod: "DATABASE",
      authMethod: "BASIC",
      apiUsername: `${this.database}_client`,
      apiPassword: PASSWORD,
      settings: {
        dialect: "postgresql",
        host: "127.0.0.1",
        port: this.line.port,
        database: this.database,
        tls: "off",
        timeoutSeconds: TIMEOUT_SECONDS,
        ...settingsOf(this.tables),
      },
      entities,
      syncSchedule: { enabled: false },
    });
    for (const table of this.tables)
      await tenant.api.change("PUT", `/erp/integrations/${this.integration}/mappings/${table.entity}`, {
        entityType: table.entity,
        mappings: Object.keys(table.columns).map((name) => ({
          mesField: name,
          erpField: name,
          ...(name === table.key ? { isRequired: true } : {}),
        })),
      });
  }

  /** Loses the server's answer to the next commit; answers the key of what was committed, if it was one row alone. */
  async loseCommit(withinMs: number): Promise<{ observed: boolean; key?: string; entity?: EntityName }> {
    const from = await this.size();
    const lost = this.line.loseAnswerTo(/commit\0/i);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), withinMs)));
    const answer = await Promise.race([lost, late]);
    clearTimeout(timer);
    if (!answer) this.line.forget();
    if (!answer?.toString("latin1").includes("COMMIT")) return { observed: false };
    const written = (await this.journal()).filter(({ seq }) => seq > from);
    const [last] = written.slice(-1);
    if (!last) return { observed: false };
    this.unanswered.add(`${last.entity} ${last.key}`);
    return { observed: true, key: last.key, entity: last.entity };
  }

  async write(): Promise<number> {
    throw new Error(`nobody works in ${this.integration}`);
  }

  keys(): string[] {
    return [];
  }

  heal(): void {
    this.line.forget();
    this.line.pass();
  }

  async size(): Promise<number> {
    const { rows } = await this.pool.query<{ seq: string }>("select coalesce(max(seq), 0) as seq from journal");
    return Number(rows[0]?.seq ?? 0);
  }

  async history(): Promise<ErpHistory> {
    const journal = await this.journal();
    const sends = journal.map(({ at, entity, key, op, reference = "" }): Send => ({
      at,
      entity,
      key,
      op,
      reference,
      effect: "now",
      answered: !this.unanswered.has(`${entity} ${key}`),
    }));
    const entities: ErpHistory["entities"] = {};
    for (const { entity, writeClass, normalises, columns } of this.tables) {
      const own: ErpEntity = { direction: "outbound", master: false, writeClass, holds: Object.keys(columns) };
      entities[entity] = { ...own, normalises: { ...normalises } };
    }
    return { integration: this.integration, entities, journal, sends, final: await this.final() };
  }

  async stop(): Promise<void> {
    await this.line.stop();
    await this.pool.end();
  }

  private async final(): Promise<ErpDocument[]> {
    const documents: ErpDocument[] = [];
    for (const table of this.tables) {
      const { rows } = await this.pool.query<{ row: JsonObject }>(`select to_jsonb(t) as row from ${table.name} t`);
      for (const { row } of rows) documents.push(documentOf(table, row));
    }
    return documents;
  }

  private async journal(): Promise<JournalEntry[]> {
    const { rows } = await this.pool.query<{
      seq: string;
      at: Date;
      name: string;
      op: "INSERT" | "UPDATE" | "DELETE";
      old: JsonObject | null;
      new: JsonObject | null;
    }>("select * from journal order by seq");
    return rows.flatMap(({ seq, at, name, op, old, new: row }) => {
      const table = this.tables.find((one) => one.name === name);
      if (!table) return [];
      const shown = row ?? old ?? {};
      const reference = shown["reference"];
      return {
        ...documentOf(table, shown),
        seq: Number(seq),
        at: at.getTime(),
        op: op === "INSERT" ? (table.entity === "Supplier" ? "create" : "post") : op === "UPDATE" ? "update" : "delete",
        ...(typeof reference === "string" ? { reference } : {}),
        fields: Object.keys(table.columns).filter((column) => shown[column] !== (old ?? {})[column]),
        by: "platform",
      };
    });
  }
}

function documentOf({ entity, key, columns }: SqlTable, row: JsonObject): ErpDocument {
  const document: JsonObject = {};
  for (const [name, type] of Object.entries(columns)) {
    const value = row[name];
    if (value !== null && value !== undefined) document[name] = type === "numeric" ? String(value) : value;
  }
  return { entity, externalId: String(row["id"]), key: String(row[key]), document };
}
