import { eventually, testDatabase, type TestDatabase } from "@dovetail/testing";
import { Client } from "pg";
import { openDatabase, type Database } from "./database";
import { CommitUnknownError, DatabaseUnavailableError, TransactionAbortedError } from "./errors";
import type { ServiceSchema } from "./service-schema";
import { sqlMigration } from "./sql-migration";

const A = "0198f3a0-0000-7000-8000-00000000000a";
const B = "0198f3a0-0000-7000-8000-00000000000b";

const service: ServiceSchema = {
  schema: "sample",
  migrations: [
    sqlMigration(
      "Initial",
      1763600000000,
      `create table notes (tenant_id uuid not null, id int not null, text text not null, at timestamptz not null default now(),
         primary key (tenant_id, id));
       create function add_note(p_tenant uuid, p_id int, p_text text) returns int language plpgsql as $$
       begin
         perform set_config('app.tenant', p_tenant::text, true);
         insert into notes values (p_tenant, p_id, p_text);
         return (select count(*)::int from notes);
       end $$;`,
    ),
  ],
};

let test: TestDatabase;
let db: Database;

beforeAll(async () => {
  test = await testDatabase([service]);
  db = await openDatabase({ url: test.urlFor("sample", "run"), schema: "sample", applicationName: "spec" });
});
afterAll(async () => {
  await db?.close();
  await test?.drop();
});

const notes = (tenant: string) =>
  db.transaction(tenant, (tx) => tx.query<{ text: string }>("select text from notes order by id"));

describe("tenant transactions", () => {
  it("keep two tenants apart", async () => {
    await db.transaction(A, (tx) => tx.execute("insert into notes values ($1, 1, 'a')", [A]));
    await db.transaction(B, (tx) => tx.execute("insert into notes values ($1, 1, 'b')", [B]));
    expect(await notes(A)).toEqual([{ text: "a" }]);
    expect(await notes(B)).toEqual([{ text: "b" }]);
    await expect(
      db.transaction(A, (tx) => tx.execute("insert into notes values ($1, 2, 'x')", [B])),
    ).rejects.toMatchObject({ code: "42501" });
    expect(await db.transaction(A, (tx) => tx.execute("update notes set text = 'x' where tenant_id = $1", [B]))).toBe(
      0,
    );
    expect(await db.transaction(A, (tx) => tx.execute("delete from notes where tenant_id = $1", [B]))).toBe(0);
    expect(await db.call({ text: "select * from notes", values: [] })).toEqual([]);
  });

  it("bind the owner too, and the service cannot lift the policies", async () => {
    const owner = await openDatabase({
      url: test.urlFor("sample", "owner"),
      schema: "sample",
      applicationName: "spec",
    });
    expect(await owner.call({ text: "select * from notes", values: [] })).toEqual([]);
    await owner.close();
    const denied = { code: "42501" };
    for (const text of [
      "alter table notes disable row level security",
      "drop policy tenant on notes",
      "create table x (id int)",
      "truncate notes",
      "insert into migrations values (9, 1, 'x')",
    ]) {
      await expect(db.call({ text, values: [] })).rejects.toMatchObject(denied);
    }
    await expect(db.call({ text: "set row_security = off; select * from notes", values: [] })).rejects.toBeDefined();
  });

  it("take no tenant that is not a UUID", async () => {
    await expect(db.transaction("x'; drop table notes; --", async () => 1)).rejects.toThrow("UUID");
  });

  it("do not leave the tenant behind on the connection", async () => {
    const single = await openDatabase({
      url: test.urlFor("sample", "run"),
      schema: "sample",
      applicationName: "spec",
      pool: { min: 1, max: 1 },
    });
    await single.transaction(A, (tx) => tx.query("select 1"));
    await expect(
      single.call<{ t: string }>({ text: "select current_setting('app.tenant', true) as t", values: [] }),
    ).resolves.toEqual([{ t: "" }]);
    await single.close();
  });

  it("roll back on an error, and when a failed statement was swallowed", async () => {
    await expect(
      db.transaction(A, async (tx) => {
        await tx.execute("insert into notes values ($1, 50, 'no')", [A]);
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    await expect(
      db.transaction(A, async (tx) => {
        await tx.execute("insert into notes values ($1, 51, 'no')", [A]);
        await tx.query("select 1/0").catch(() => undefined);
      }),
    ).rejects.toBeInstanceOf(TransactionAbortedError);
    expect(await notes(A)).toEqual([{ text: "a" }]);
  });

  it("refuse writes when read only", async () => {
    await expect(db.readOnly(A, (tx) => tx.execute("delete from notes"))).rejects.toMatchObject({ code: "25006" });
    expect(await db.readOnly(A, (tx) => tx.one("select text from notes"))).toEqual({ text: "a" });
  });

  it("run again after a serialization failure, even when the function translated it", async () => {
    let calls = 0;
    await db.transaction(
      A,
      async (tx) => {
        calls++;
        const rows = await tx.query<{ n: number }>("select count(*) as n from notes");
        if (calls === 1) {
          await db.transaction(A, (other) => other.execute("update notes set text = 'other' where id = 1"));
        }
        try {
          await tx.execute("update notes set text = text || $1 where id = 1", [String(rows[0]?.n)]);
        } catch {
          throw new Error("translated");
        }
      },
      { isolation: "repeatable read" },
    );
    expect(calls).toBe(2);
    expect(await notes(A)).toEqual([{ text: "other1" }]);
  });

  it("give up after four calls with the last error", async () => {
    let calls = 0;
    const fails = db.transaction(A, async (tx) => {
      calls++;
      await tx.query("do $$ begin raise exception 'deadlock' using errcode = '40P01'; end $$");
    });
    await expect(fails).rejects.toMatchObject({ code: "40P01" });
    expect(calls).toBe(4);
  });
});

describe("lost connections", () => {
  const killAll = async (database: Database) => {
    const admin = new Client(test.adminUrl);
    await admin.connect();
    await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'");
    await admin.end();
    return database;
  };
  let victim: Database;
  beforeEach(async () => {
    victim = await openDatabase({ url: test.urlFor("sample", "run"), schema: "sample", applicationName: "victim" });
  });
  afterEach(() => victim.close());

  it("before the commit: nothing happened, and the caller may try again", async () => {
    const lost = victim.transaction(A, async (tx) => {
      await tx.execute("insert into notes values ($1, 60, 'lost')", [A]);
      await killAll(victim);
      await tx.query("select 1");
    });
    await expect(lost).rejects.toBeInstanceOf(DatabaseUnavailableError);
    expect(await notes(A)).toHaveLength(1);
  });

  it("by standing still in a transaction: its locks end, nothing happened, and the caller may try again", async () => {
    const stood = victim.transaction(A, async (tx) => {
      const [limit] = await tx.query<{ ms: string }>(
        "select current_setting('idle_in_transaction_session_timeout') ms",
      );
      expect(limit?.ms).toBe("30s");
      await tx.query("set local idle_in_transaction_session_timeout = 20");
      const gone = async () => {
        const text =
          "select 1 from pg_stat_activity where application_name = 'victim' and state = 'idle in transaction'";
        const admin = new Client(test.adminUrl);
        await admin.connect();
        const { rowCount } = await admin.query(text);
        await admin.end();
        return rowCount === 0;
      };
      await eventually(gone);
      await tx.query("select 1");
    });
    await expect(stood).rejects.toBeInstanceOf(DatabaseUnavailableError);
  });

  it("at the commit: unknown", async () => {
    const lost = victim.transaction(A, async (tx) => {
      await tx.execute("insert into notes values ($1, 61, 'lost')", [A]);
      await killAll(victim);
    });
    await expect(lost).rejects.toBeInstanceOf(CommitUnknownError);
  });

  it("while idle: the next transaction takes another connection", async () => {
    await victim.transaction(A, (tx) => tx.query("select 1"));
    await killAll(victim);
    expect(await victim.transaction(A, (tx) => tx.one("select text from notes where id = 1"))).toEqual({
      text: "other1",
    });
  });

  it("during a single statement: unknown, or unavailable when it only reads", async () => {
    const text = "select pg_terminate_backend(pg_backend_pid())";
    await expect(victim.call({ text, values: [] })).rejects.toBeInstanceOf(CommitUnknownError);
    await expect(victim.call({ text, values: [], readOnly: true })).rejects.toBeInstanceOf(DatabaseUnavailableError);
  });

  it("no server at all", async () => {
    await expect(
      openDatabase({ url: "postgres://x:y@127.0.0.1:1/postgres", schema: "sample", applicationName: "spec" }),
    ).rejects.toBeInstanceOf(DatabaseUnavailableError);
  });
});

describe("statements", () => {
  it("call runs a function that sets the tenant itself, prepared by name", async () => {
    const call = (id: number) =>
      db.call<{ n: number }>({ name: "add_note", text: "select add_note($1, $2, $3) as n", values: [B, id, "fn"] });
    expect(await call(70)).toEqual([{ n: 2 }]);
    expect(await call(71)).toEqual([{ n: 3 }]);
  });

  it("values arrive as documented", async () => {
    const text = `select '2026-11-20 13:00:00.123456+01'::timestamptz as a, '2026-11-20 12:00:00Z'::timestamptz as b,
      date '2026-11-20' as c, 9007199254740991::int8 as d, 9007199254740993::int8 as e, 1.50::numeric as f,
      '{"x":1}'::jsonb as g, array['2026-01-01Z'::timestamptz, null] as h, array[1::int8] as i, 'infinity'::timestamptz as j`;
    expect(await db.call({ text, values: [] })).toEqual([
      {
        a: "2026-11-20T12:00:00.123Z",
        b: "2026-11-20T12:00:00.000Z",
        c: "2026-11-20",
        d: 9007199254740991,
        e: "9007199254740993",
        f: "1.50",
        g: { x: 1 },
        h: ["2026-01-01T00:00:00.000Z", null],
        i: [1],
        j: "infinity",
      },
    ]);
  });
});
