import type { Json, JsonObject } from "@dovetail/domain";
import type { Log, Sql } from "@dovetail/adapter-sdk";
import { HttpClient, systemClock } from "@dovetail/adapter-sdk";
import { databaseView } from "../src";

export type DialectName = Sql["dialect"];

/** A statement as the driver would get it. */
export interface Recorded {
  text: string;
  values: (string | null)[];
}

/** The catalog of a database: the types of the columns of each table, in order. */
export type Catalog = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A database that is not there: it knows its catalog, writes down every other statement, and answers as it is told. */
export class RecordedSql implements Sql {
  readonly statements: Recorded[] = [];
  /** Answers of rows by place (`c0`, `c1`, …), for the statements that ask for rows. */
  answer: (statement: Recorded) => JsonObject[] = () => [];

  constructor(
    readonly dialect: DialectName,
    private readonly catalog: Catalog,
    private readonly nullable: readonly string[] = [],
  ) {}

  query(text: string, values: readonly Json[] = []): Promise<JsonObject[]> {
    const texts = values.map((value) => (value === null ? null : String(value)));
    if (/column_name/i.test(text)) return Promise.resolve(this.columns(texts[0] ?? ""));
    if (/AS "?now"?/i.test(text) && values.length === 0 && !/MIN_ACTIVE/.test(text))
      return Promise.resolve([{ now: "2026-03-01T12:00:00.500000Z" }]);
    const statement = { text, values: texts };
    this.statements.push(statement);
    return Promise.resolve(this.answer(statement));
  }

  async execute(text: string, values: readonly Json[] = []): Promise<number> {
    await this.query(text, values);
    return 1;
  }

  transaction<T>(fn: (sql: Sql) => Promise<T>): Promise<T> {
    return fn(this);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private columns(table: string): JsonObject[] {
    const nullable = (name: string) => (this.nullable.includes(name) ? "YES" : "NO");
    return Object.entries(this.catalog[table] ?? {}).map(([name, type]) => ({ name, type, nullable: nullable(name) }));
  }
}

const quiet = () => undefined;
const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** A session on it. */
export function openRecorded(sql: RecordedSql, settings: JsonObject): Promise<unknown> {
  return databaseView.open({
    config: {
      dialect: sql.dialect,
      host: "nowhere",
      database: "erp",
      tls: "off",
      zone: "UTC",
      timeoutSeconds: 1,
      apiUsername: "erp",
      apiPassword: "erp",
      ...settings,
    },
    sql,
    http: new HttpClient(),
    clock: systemClock,
    signal: new AbortController().signal,
    log,
  });
}
