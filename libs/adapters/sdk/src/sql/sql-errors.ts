import { AdapterError, type Category, type ErpCode, RETRY_TABLE, type Sent } from "../errors";

type Verdict = readonly [Category, ErpCode?];

const LOGIN: Verdict = ["AUTH"];
const NO_SUCH: Verdict = ["VALIDATION", "ERP003"];
const WRONG_PLACE: Verdict = ["VALIDATION", "ERP008"];
const REFUSED: Verdict = ["VALIDATION"];
const TWICE: Verdict = ["CONFLICT"];
const AGAIN: Verdict = ["TRANSIENT"];

function table(...entries: readonly (readonly [string, Verdict])[]): Readonly<Record<string, Verdict>> {
  return Object.fromEntries(entries.flatMap(([codes, verdict]) => codes.split(" ").map((code) => [code, verdict])));
}

/** PostgreSQL: SQLSTATE, else its class. MySQL, SQL Server, Oracle: the server's own numbers. */
const BY_CODE: Readonly<Record<string, Readonly<Record<string, Verdict>>>> = {
  postgresql: table(
    ["28P01 28000 42501", LOGIN],
    ["3D000", WRONG_PLACE],
    ["42P01 42703 3F000", NO_SUCH],
    ["23505", TWICE],
    ["22 23 42 0A P0", REFUSED],
    ["40 55 53 57 08", AGAIN],
  ),
  mysql: table(
    ["1045 1044 1142 1143 1227 1698", LOGIN],
    ["1049", WRONG_PLACE],
    ["1146 1054", NO_SUCH],
    ["1062", TWICE],
    ["1048 1264 1265 1292 1364 1366 1406 1451 1452 3819 4025 1064 1644", REFUSED],
    ["1040 1203 1205 1213 1927 1969 3024 1053 2006 2013", AGAIN],
  ),
  mssql: table(
    ["18456 18452 229 230", LOGIN],
    ["4060", WRONG_PLACE],
    ["207 208", NO_SUCH],
    ["2601 2627", TWICE],
    ["245 515 547 2628 8114 8115 8152 102", REFUSED],
    ["1205 1222 3960 10928 10929 40501 40613", AGAIN],
  ),
  oracle: table(
    ["1017 1031 1045 28000 28001", LOGIN],
    ["12505 12514", WRONG_PLACE],
    ["904 942", NO_SUCH],
    ["1", TWICE],
    ["1400 1407 1438 1722 1858 1861 2290 2291 2292 12899", REFUSED],
    ["54 60 8177 3113 3114 12541 12170", AGAIN],
  ),
};

interface DriverError {
  code?: unknown;
  errno?: unknown;
  number?: unknown;
  errorNum?: unknown;
  message?: unknown;
}

/** The server's own code: PostgreSQL's SQLSTATE, the others' number; empty when the server said nothing. */
function codeOf(dialect: string, error: DriverError): string {
  if (dialect === "postgresql") return /^[0-9A-Z]{5}$/.test(String(error.code)) ? String(error.code) : "";
  const own = dialect === "mysql" ? error.errno : dialect === "mssql" ? error.number : error.errorNum;
  // Negative numbers are the operating system's.
  if (typeof own === "number" && own > 0) return String(own);
  return dialect === "mssql" && error.code === "ELOGIN" ? "18456" : "";
}

/** Category and code by the database's own code (`postgresql/23505`); undefined when it is not known. */
export function classifySql(bodyCode: string): { category: Category; code: ErpCode } | undefined {
  const [dialect = "", code = ""] = bodyCode.split("/");
  const known = BY_CODE[dialect];
  const verdict = known?.[code] ?? (dialect === "postgresql" ? known?.[code.slice(0, 2)] : undefined);
  return verdict && { category: verdict[0], code: verdict[1] ?? RETRY_TABLE[verdict[0]].code };
}

/**
 * What a driver threw, in our terms. `sent` is what holds when the connection broke; a statement that the server
 * refused had no effect. What the server says of a row goes out, what it says of a statement does not.
 */
export function sqlError(dialect: string, cause: unknown, sent: Sent): AdapterError {
  if (cause instanceof AdapterError) return cause;
  const error = (cause ?? {}) as DriverError;
  const code = codeOf(dialect, error);
  if (code === "") {
    return new AdapterError(`the connection to the database failed${nameOf(error)}`, {
      category: "TRANSIENT",
      code: "ERP001",
      sent,
      cause,
    });
  }
  const bodyCode = `${dialect}/${code}`;
  const verdict = classifySql(bodyCode) ?? { category: "SERVER" as const, code: "UNAVAILABLE" as const };
  const said = String(error.message ?? "").slice(0, 500);
  const open = verdict.category !== "AUTH" && verdict.category !== "SERVER" && code !== "1064" && code !== "42601";
  // Shutdown and lost connections may come behind a commit, refusals do not.
  const unsure = /^postgresql\/(57P|08|58|XX)|^mysql\/(1053|1927|2006|2013)$|^oracle\/311[34]$/.test(bodyCode);
  return new AdapterError(
    verdict.category === "AUTH" ? "the database refuses this user" : open ? said : `the database failed (${bodyCode})`,
    { ...verdict, sent: unsure || verdict.category === "SERVER" ? sent : "no", bodyCode, cause },
  );
}

function nameOf({ code, message }: DriverError): string {
  if (typeof code === "string" && /^[A-Z_]{4,40}$/.test(code)) return ` (${code})`;
  return /timeout|terminated|closed|ended/i.test(String(message)) ? " (the connection ended)" : "";
}
