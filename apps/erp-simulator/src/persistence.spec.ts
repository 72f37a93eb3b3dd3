import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Database } from "./odoo/database";
import { seedBase } from "./seed/base";

describe("a data directory", () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "simulator-"));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const create = (database: Database, name: string) =>
    database.call({ model: "res.partner", method: "create", args: [{ name, ref: `R-${name}` }], kwargs: {} });
  const rows = (database: Database) => [...database.world.store.table("res.partner").rows];

  function open(): Database {
    const database = new Database({ version: 19, dataDir });
    if (!database.journal.load()) seedBase(database);
    return database;
  }

  it("gives the same rows and ids after a kill, with and without a snapshot", async () => {
    const first = open();
    await create(first, "a");
    first.journal.snapshot();
    const deleted = await create(first, "b");
    await first.call({ model: "res.partner", method: "unlink", args: [[Number(deleted)]], kwargs: {} });
    const second = open();
    expect(rows(second)).toEqual(rows(first));
    expect(second.journal.entries).toEqual(first.journal.entries);
    expect(await create(second, "c")).toBe(Number(deleted) + 1);
  });

  it("forgets a half-written line, which nobody was answered", async () => {
    const first = open();
    await create(first, "a");
    appendFileSync(join(dataDir, "journal.jsonl"), '{"entries":[{"seq":99');
    const second = open();
    expect(rows(second)).toEqual(rows(first));
    await create(second, "d");
    expect(rows(open())).toEqual(rows(second));
  });

  it("tells each write with its reference, and nothing of a refused one", async () => {
    const database = open();
    const id = await create(database, "a");
    await expect(create(database, "")).rejects.toThrow("require a name");
    expect(database.journal.entries.slice(-1)).toEqual([
      expect.objectContaining({
        model: "res.partner",
        method: "create",
        id,
        reference: "R-a",
        values: { name: "a", ref: "R-a" },
      }),
    ]);
  });
});
