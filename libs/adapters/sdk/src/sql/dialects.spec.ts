import { AdapterError } from "../errors";
import { quoteName, type SqlColumn, type SqlDialect } from "./dialect";
import { dialectOf } from "./dialects";
import { classifySql, sqlError } from "./sql-errors";

const column = (dialect: SqlDialect, type: string): SqlColumn => ({
  name: "c",
  type,
  kind: dialect.kindOf(type),
  nullable: true,
});
const shown = (dialect: SqlDialect, type: string) => dialect.shown("x", column(dialect, type));
const typed = (dialect: SqlDialect, type: string) => dialect.typed(2, column(dialect, type));

describe("names", () => {
  it("are quoted part by part as each database does", () => {
    expect(
      (["postgresql", "mysql", "mssql", "oracle"] as const).map((d) => quoteName(dialectOf(d), "erp.v_po$1")),
    ).toEqual(['"erp"."v_po$1"', "`erp`.`v_po$1`", "[erp].[v_po$1]", '"erp"."v_po$1"']);
  });

  it.each(['a"b', "a b", "a;drop table x", "a]b", "a`b", "", ".a", "a.", "1a", "a--", "é", "a\nb"])(
    "%j is refused",
    (name) => {
      for (const dialect of ["postgresql", "mysql", "mssql", "oracle"] as const)
        expect(() => quoteName(dialectOf(dialect), name)).toThrow(AdapterError);
    },
  );
});

describe("SQL Server (its text alone; no server ran it)", () => {
  const dialect = dialectOf("mssql");

  it("shows values as text without loss", () => {
    expect(shown(dialect, "decimal")).toBe("CONVERT(varchar(max), x)");
    expect(shown(dialect, "money")).toBe("CONVERT(varchar(64), x, 2)");
    expect(shown(dialect, "datetime")).toBe("CONVERT(varchar(33), x, 126)");
    expect(shown(dialect, "datetimeoffset")).toBe(
      "CONVERT(varchar(33), CAST(SWITCHOFFSET(x, 0) AS datetime2), 126) + 'Z'",
    );
    expect(shown(dialect, "nvarchar")).toBe("x");
  });

  it("takes text as values of the column's own type", () => {
    expect(typed(dialect, "datetime")).toBe("CAST(@p2 AS datetime)");
    expect(typed(dialect, "decimal")).toBe("CAST(@p2 AS decimal(38, 10))");
    expect(typed(dialect, "varchar")).toBe("CAST(@p2 AS varchar(8000))");
    expect(typed(dialect, "nvarchar")).toBe("@p2");
  });

  it("reads a rowversion as the number of its change, and knows which numbers may still come", () => {
    expect(dialect.kindOf("timestamp")).toBe("rowversion");
    expect(shown(dialect, "timestamp")).toBe("CONVERT(varchar(20), CONVERT(bigint, x))");
    expect(typed(dialect, "timestamp")).toBe("CONVERT(binary(8), CONVERT(bigint, @p2))");
    expect(dialect.highest?.("x", column(dialect, "timestamp"))).toBe("CONVERT(varchar(20), MAX(CONVERT(bigint, x)))");
    expect(dialect.highest?.("x", column(dialect, "datetime"))).toBeUndefined();
    expect(dialect.rowversionQuery).toContain("MIN_ACTIVE_ROWVERSION()");
  });

  it("pages, begins and locks", () => {
    expect(dialect.limited("SELECT a FROM t ORDER BY a", 8)).toBe(
      "SELECT a FROM t ORDER BY a OFFSET 0 ROWS FETCH NEXT 8 ROWS ONLY",
    );
    expect(dialect.snapshot).toEqual(["SET TRANSACTION ISOLATION LEVEL SNAPSHOT; BEGIN TRANSACTION"]);
    expect(dialect.lock?.(1)).toContain("EXEC @r = sp_getapplock @Resource = @p1, @LockMode = 'Exclusive'");
    expect(dialect.columnsQuery("po", "erp").values).toEqual(["po", "erp"]);
  });
});

describe("Oracle (its text alone; no server ran it)", () => {
  const dialect = dialectOf("oracle");

  it("shows values as text without loss", () => {
    expect(shown(dialect, "NUMBER")).toBe("TO_CHAR(x, 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''')");
    expect(shown(dialect, "DATE")).toBe(`TO_CHAR(CAST(x AS TIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF6')`);
    expect(shown(dialect, "TIMESTAMP(6) WITH TIME ZONE")).toBe(
      `TO_CHAR(SYS_EXTRACT_UTC(x), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') || 'Z'`,
    );
    expect(shown(dialect, "VARCHAR2")).toBe("x");
  });

  it("compares text of fixed length as such, and stores it as it is", () => {
    expect(dialect.compared?.(1, column(dialect, "CHAR"))).toBe("CAST(:1 AS CHAR(2000))");
    expect([typed(dialect, "CHAR"), dialect.compared?.(1, column(dialect, "VARCHAR2"))]).toEqual([":2", undefined]);
  });

  it("takes text, pages and begins", () => {
    expect(typed(dialect, "NUMBER")).toBe("TO_NUMBER(:2)");
    expect(typed(dialect, "DATE")).toBe(`CAST(TO_TIMESTAMP(:2, 'YYYY-MM-DD"T"HH24:MI:SS.FF6') AS DATE)`);
    expect(dialect.limited("SELECT a FROM t ORDER BY a", 8)).toBe("SELECT a FROM t ORDER BY a FETCH FIRST 8 ROWS ONLY");
    expect(dialect.snapshot).toEqual(["SET TRANSACTION READ ONLY"]);
    expect(dialect.lock).toBeUndefined();
  });
});

describe("errors", () => {
  it.each([
    ["postgresql/28P01", "AUTH", "ERP002"],
    ["postgresql/3D000", "VALIDATION", "ERP008"],
    ["postgresql/42P01", "VALIDATION", "ERP003"],
    ["postgresql/23502", "VALIDATION", "ERP008"],
    ["postgresql/40P01", "TRANSIENT", "ERP001"],
    ["mysql/1045", "AUTH", "ERP002"],
    ["mysql/1062", "CONFLICT", "CONFLICT"],
    ["mssql/18456", "AUTH", "ERP002"],
    ["mssql/2627", "CONFLICT", "CONFLICT"],
    ["oracle/942", "VALIDATION", "ERP003"],
    ["oracle/1", "CONFLICT", "CONFLICT"],
  ])("%s is %s, %s", (bodyCode, category, code) => {
    expect(classifySql(bodyCode)).toEqual({ category, code });
  });

  it("a refused statement had no effect, a connection that broke leaves it open", () => {
    expect(sqlError("postgresql", { code: "23505", message: "duplicate key" }, "maybe")).toMatchObject({ sent: "no" });
    expect(sqlError("postgresql", { code: "57P01", message: "terminating" }, "maybe")).toMatchObject({ sent: "maybe" });
    expect(sqlError("mysql", { code: "ECONNRESET" }, "maybe")).toMatchObject({ code: "ERP001", sent: "maybe" });
    expect(sqlError("mysql", { code: "ECONNREFUSED" }, "no")).toMatchObject({ code: "ERP001", sent: "no" });
  });
});
