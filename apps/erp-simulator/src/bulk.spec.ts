import { startBulk, type RunningBulk } from "./start";

interface BulkRow {
  id: number;
  email: string;
  write_date: string;
}

const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 19).replace("T", " ");

describe("bulk pages", () => {
  let bulk: RunningBulk;
  beforeAll(async () => {
    bulk = await startBulk({ rows: 2500 });
  });
  afterAll(() => bulk.stop());

  async function call<T>(method: string, domain: unknown, limit = 1000): Promise<T> {
    const args = [
      bulk.database,
      2,
      "admin",
      "res.partner",
      method,
      [domain],
      { limit, order: "id", fields: ["name", "email", "write_date"] },
    ];
    const body = JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "call",
      params: { service: "object", method: "execute_kw", args },
    });
    const answer = await fetch(`${bulk.url}/jsonrpc`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
    });
    return ((await answer.json()) as { result: T }).result;
  }

  async function all(from: string, before: string, limit: number): Promise<BulkRow[]> {
    const rows: BulkRow[] = [];
    for (;;) {
      const last = rows[rows.length - 1]?.id ?? 0;
      const page = await call<BulkRow[]>(
        "search_read",
        [
          ["write_date", ">=", from],
          ["write_date", "<", before],
          ["id", ">", last],
        ],
        limit,
      );
      rows.push(...page);
      if (page.length < limit) return rows;
    }
  }

  it.each([1000, 700])("serves every row once in pages of %i", async (limit) => {
    const rows = await all("2000-01-01 00:00:00", "2100-01-01 00:00:00", limit);
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 2500 }, (_, i) => i + 1));
    expect(await call("search_count", [])).toBe(2500);
  });

  it("marks a share changed under a later stamp", async () => {
    const before = (await all("2000-01-01 00:00:00", "2100-01-01 00:00:00", 1000))[99];
    expect(bulk.change(0.01)).toBe(25);
    const changed = await all(yesterday, "2100-01-01 00:00:00", 1000);
    expect(changed.map(({ id }) => id)).toEqual(Array.from({ length: 25 }, (_, i) => (i + 1) * 100));
    expect(changed[0]?.email).not.toBe(before?.email);
    expect(await call("search_count", [["write_date", ">=", yesterday]])).toBe(25);
  });
});
