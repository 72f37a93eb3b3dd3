import { Pool } from "undici";
import type { Commands } from "../child-side";

/** Where the bare client sends what. */
export interface ClientRun {
  url: string;
  database: string;
  ids: readonly number[];
  /** Calls in flight. */
  calls: number;
  /** Makes the values of each run new ones. */
  round: number;
}

/**
 * The least that a push comes to: one request per changed record, so many in flight, the answer read. The requests are
 * those that the adapter sends for a changed phone number.
 */
export const client = {
  async send({ url, database, ids, calls, round }: ClientRun): Promise<{ ms: number }> {
    const pool = new Pool(url, { connections: calls, pipelining: 1 });
    const uid = await ask(pool, 0, {
      service: "common",
      method: "authenticate",
      args: [database, "admin", "admin", {}],
    });
    const started = performance.now();
    let next = 0;
    const sender = async (): Promise<void> => {
      for (let i = next++; i < ids.length; i = next++) {
        const values = { phone: `+31 30 ${round}-${ids[i]}` };
        const context = { lang: "en_US", tz: "UTC" };
        const args = [database, uid, "admin", "res.partner", "write", [[ids[i]], values], { context }];
        const done = await ask(pool, i + 1, { service: "object", method: "execute_kw", args });
        if (done !== true) throw new Error(`the ERP answered ${JSON.stringify(done)}`);
      }
    };
    await Promise.all(Array.from({ length: calls }, sender));
    const ms = performance.now() - started;
    await pool.close();
    return { ms };
  },
} satisfies Commands;

async function ask(pool: Pool, id: number, params: object): Promise<unknown> {
  const answer = await pool.request({
    method: "POST",
    path: "/jsonrpc",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", method: "call", id, params }),
  });
  return ((await answer.body.json()) as { result?: unknown }).result;
}
