import type { SqlDialect } from "./dialect";
import { mssql } from "./mssql";
import { mysql } from "./mysql";
import { oracle } from "./oracle";
import { postgresql } from "./postgresql";

const DIALECTS: Readonly<Record<SqlDialect["name"], SqlDialect>> = { postgresql, mysql, mssql, oracle };

/** The dialect of a database. */
export function dialectOf(name: SqlDialect["name"]): SqlDialect {
  return DIALECTS[name];
}
