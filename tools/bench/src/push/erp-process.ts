import { subscribe } from "node:diagnostics_channel";
import { startSimulator, type Running } from "@dovetail/erp-simulator";
import type { Commands } from "../child-side";

const CHUNK = 1_000;

let running: Running | undefined;
let requests = 0;
let first = 0;

subscribe("http.server.request.start", () => {
  if (requests++ === 0) first = Date.now();
});

/** What an ERP can tell of the calls that reached it. */
export interface Seen {
  requests: number;
  /** Milliseconds since 1970 of the first one since `begin`; 0: none. */
  first: number;
  /** Committed writes of partners since `begin`. */
  writes: number;
}

let journalled = 0;

/** The simulated Odoo, writable, with so many suppliers. */
export const erp = {
  async start({ rows }: { rows: number }) {
    running = await startSimulator({ version: 19, demo: false });
    const ids: number[] = [];
    for (let from = 0; from < rows; from += CHUNK) {
      const chunk = Array.from({ length: Math.min(CHUNK, rows - from) }, (_, i) => partner(from + i + 1));
      ids.push(...((await running.odoo.call("res.partner", "create", [chunk])) as number[]));
    }
    return { url: running.url, database: "o19", ids };
  },
  /** From here on calls are counted; each write of a partner waits so many milliseconds, as at a distant ERP. */
  begin({ latencyMs }: { latencyMs: number }) {
    running?.odoo.clearFaults();
    if (latencyMs > 0)
      running?.odoo.addFault({ kind: "slow", model: "res.partner", method: "write", delayMs: latencyMs });
    [requests, first] = [0, 0];
    journalled = running?.odoo.journal().at(-1)?.seq ?? 0;
  },
  seen(): Seen {
    const written = running?.odoo.journal(journalled) ?? [];
    return {
      requests,
      first,
      writes: written.filter(({ model, method }) => model === "res.partner" && method === "write").length,
    };
  },
  stop: () => running?.stop(),
} satisfies Commands;

function partner(n: number) {
  const ref = `S${String(n).padStart(7, "0")}`;
  return { name: `Supplier ${n}`, ref, supplier_rank: 1, is_company: true, phone: `+31 20 ${n}`, city: "Utrecht" };
}
