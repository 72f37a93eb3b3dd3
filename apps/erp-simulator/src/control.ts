import type { FaultSpec, Faults, FaultState } from "./faults";
import type { JournalEntry } from "./journal";
import type { Database } from "./odoo/database";
import { Env } from "./odoo/env";
import { Transaction } from "./odoo/transaction";
import type { Answer } from "./odoo/pages";
import type { Incoming } from "./odoo/face";
import type { OdooServer } from "./odoo/server";
import { isObject, type Json, type JsonObject } from "./odoo/values";
import { seedDemo, type DemoSize } from "./seed/demo";

/** What tests and the demo may do to a simulated Odoo behind its API's back. */
export interface OdooControl {
  /** The seed of faults' probabilities and of the demo data. */
  readonly seed: number;
  addFault(spec: FaultSpec): number;
  clearFaults(id?: number): void;
  faults(): FaultState[];
  /** Committed writes after a sequence number. */
  journal(after?: number): JournalEntry[];
  /** Told of every commit, at once: `peek` shows what it left. One listener. */
  onCommit(listener: (entries: readonly JournalEntry[]) => void): void;
  /** Fields of a record as they stand, as Odoo stores them; null when there is none. */
  peek(model: string, id: number, fields: readonly string[]): Record<string, unknown> | null;
  /** Calls a model's method as the administrator; faults do not strike it. Plain JSON comes back. */
  call(model: string, method: string, args?: Json[], kwargs?: JsonObject, lateCommitMs?: number): Promise<Json>;
  /** Adds demo data. */
  addDemo(size?: Partial<DemoSize>): void;
  /** Shifts or freezes the server's clock. */
  clock(change: { advanceMs?: number; freezeAt?: string | null }): string;
  /** Ends every browser session. */
  expireSessions(): void;
  /** Writes the snapshot now; without a data directory it does nothing. */
  snapshot(): void;
}

/** The control object of one server. */
export function createControl(database: Database, server: OdooServer, faults: Faults): OdooControl {
  return {
    seed: faults.seed,
    addFault: (spec) => faults.add(spec),
    clearFaults: (id) => faults.clear(id),
    faults: () => faults.list(),
    journal: (after = 0) => database.journal.entries.filter(({ seq }) => seq > after),
    onCommit: (listener) => (database.onCommit = listener),
    peek: (model, id, fields) => {
      const { world } = database;
      if (!world.store.row(model, id)) return null;
      const env = new Env(world, new Transaction(world.store, world.clock.stamp()));
      return Object.fromEntries(fields.map((name) => [name, env.get(model, id, name)]));
    },
    call: async (model, method, args = [], kwargs = {}, lateCommitMs = 0) => {
      const result = await database.call({ model, method, args, kwargs }, 2, lateCommitMs);
      return JSON.parse(JSON.stringify(result)) as Json;
    },
    addDemo: (size) => seedDemo(database, faults.seed, size),
    clock: ({ advanceMs, freezeAt }) => {
      const { clock } = database.world;
      if (freezeAt !== undefined) clock.freeze(freezeAt === null ? undefined : Date.parse(freezeAt));
      if (advanceMs !== undefined) clock.advance(advanceMs);
      return new Date(clock.now()).toISOString();
    },
    expireSessions: () => server.accounts.expireSessions(),
    snapshot: () => database.journal.snapshot(),
  };
}

const json = (body: unknown, status = 200): Answer => ({
  status,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

/** `/_sim/faults|journal|seed|clock`: only served when control is switched on. */
export async function controlAnswer(control: OdooControl, request: Incoming): Promise<Answer> {
  try {
    return await route(control, request);
  } catch (error) {
    return json({ error: error instanceof Error ? error.message : String(error) }, 400);
  }
}

async function route(control: OdooControl, request: Incoming): Promise<Answer> {
  const parsed: Json = request.body ? (JSON.parse(request.body) as Json) : {};
  const body = isObject(parsed) ? parsed : {};
  switch (`${request.method} ${request.path}`) {
    case "GET /_sim/faults":
      return json(control.faults());
    case "POST /_sim/faults": {
      const specs = (Array.isArray(parsed) ? parsed : [parsed]) as unknown as FaultSpec[];
      return json({ ids: specs.map((spec) => control.addFault(spec)), seed: control.seed });
    }
    case "DELETE /_sim/faults":
      control.clearFaults();
      return json({});
    case "GET /_sim/journal":
      return json(control.journal(Number(new URLSearchParams(request.query).get("after") ?? 0)));
    case "POST /_sim/seed":
      return json(await seed(control, body));
    case "POST /_sim/clock":
      return json({ now: control.clock(body as { advanceMs?: number; freezeAt?: string | null }) });
    default:
      return json({ error: "no such control" }, 404);
  }
}

/** `{model, records: […]}` creates records; `{demo: {suppliers: 10}}` adds demo data. */
async function seed(control: OdooControl, body: JsonObject): Promise<Json> {
  if (isObject(body["demo"] ?? null)) {
    control.addDemo(body["demo"] as Partial<DemoSize>);
    return { demo: true };
  }
  const records = Array.isArray(body["records"]) ? body["records"] : [];
  return { ids: await control.call(String(body["model"]), "create", [records]) };
}
