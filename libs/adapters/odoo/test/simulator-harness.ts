import type { ConformanceHarness, FaultControl, FaultKind } from "@dovetail/adapter-conformance";
import { odoo } from "../src/adapter";
import type { Category, ClassifyInput, Http } from "@dovetail/adapter-sdk";
import type { EntityName, Json, JsonObject } from "@dovetail/domain";
import { type FaultSpec, type OdooVersion, type Running, startSimulator } from "@dovetail/erp-simulator";
import { type DirectCall, odooRows } from "./recipes";
import { openOdoo } from "./sessions";

const FAULTS: Readonly<Partial<Record<FaultKind, FaultSpec>>> = {
  auth: { kind: "auth" },
  validation: { kind: "error", name: "odoo.exceptions.UserError", message: "Not like this" },
  notFound: { kind: "error", name: "odoo.exceptions.MissingError", message: "Gone" },
  server: { kind: "serverError", status: 500 },
  unavailable: { kind: "serverError", status: 503 },
  rateLimit: { kind: "rateLimit" },
  reset: { kind: "reset" },
  cutOff: { kind: "truncate" },
  hang: { kind: "timeoutBefore" },
};

const CLASSIFICATIONS: { input: ClassifyInput; category: Category }[] = [
  { input: { status: 200, bodyCode: "odoo.exceptions.AccessDenied" }, category: "AUTH" },
  { input: { status: 200, bodyCode: "100" }, category: "AUTH" },
  { input: { status: 200, bodyCode: "odoo.exceptions.ValidationError" }, category: "VALIDATION" },
  { input: { status: 404, bodyCode: "odoo.exceptions.MissingError" }, category: "NOT_FOUND" },
  { input: { status: 200, bodyCode: "psycopg2.errors.SerializationFailure" }, category: "TRANSIENT" },
  { input: { status: 200, bodyCode: "builtins.ZeroDivisionError" }, category: "SERVER" },
];

const NOTICE = { _action: "send(#1)", _id: 51, _model: "sale.order", id: 51, write_date: "2026-11-20 10:38:21.86" };

export interface SimulatedOdoo {
  version: OdooVersion;
  protocol: "jsonrpc" | "json2";
  entities: readonly EntityName[];
}

/** The conformance harness of a simulated Odoo: its clock can be moved and everything about it can fail. */
export function odooSimulatorHarness({ version, protocol, entities }: SimulatedOdoo): ConformanceHarness {
  let simulator: Running | undefined;
  const running = (): Running => {
    if (!simulator) throw new Error("the simulator is not started");
    return simulator;
  };
  const call: DirectCall = (model, method, args, named) => running().odoo.call(model, method, args, named);
  let rows: Awaited<ReturnType<typeof odooRows>> | undefined;
  const made = () => {
    if (!rows) throw new Error("the simulator is not started");
    return rows;
  };
  const gate = new Gate();
  const config = configFor(version, protocol);
  const clock = clockOf(running);
  return {
    adapter: odoo,
    entities,
    config,
    async start() {
      simulator = await startSimulator({ version });
      rows = await odooRows(call);
    },
    stop: async () => simulator?.stop(),
    open: ({ as, signal } = {}) => {
      const own: JsonObject = as === "unreachable" ? {} : { apiEndpoint: running().url };
      const wrong: JsonObject = as === "wrongPassword" ? { apiPassword: "not this", apiToken: "not this" } : {};
      return openOdoo({ ...config, ...own, ...wrong }, signal, (http) => gate.around(http));
    },
    seed: (entity, count) => made().seed(entity, count),
    mutate: (entity, id) => made().mutate(entity, id),
    remove: (entity, id) => made().remove(entity, id),
    keyOf: (entity, id) => made().keyOf(entity, id),
    pushBody: (entity) => made().pushBody(entity),
    wait: clock.wait,
    faults: {
      ...faultsOf(running, gate, clock.expect),
      lateCommit: (entity, ageMs) => clock.earlier(ageMs, async () => (await made().seed(entity, 1))[0] ?? ""),
      equalTimestamps: (entity, count) => made().seed(entity, count),
    },
    classifications: CLASSIFICATIONS,
    notices: [
      {
        body: Buffer.from(JSON.stringify(NOTICE)),
        headers: {},
        expected: [{ entity: "SalesOrder", externalId: "51", eventId: "SalesOrder/51/2026-11-20 10:38:21.86" }],
      },
    ],
  };
}

function configFor(version: OdooVersion, protocol: SimulatedOdoo["protocol"]): JsonObject {
  const account: JsonObject =
    protocol === "json2" ? { apiToken: "simulated-api-key" } : { apiUsername: "admin", apiPassword: "admin" };
  return {
    // The discard port, until the simulator runs.
    apiEndpoint: "http://127.0.0.1:9",
    database: `o${version}`,
    protocol,
    language: "en_US",
    stockLocations: "all",
    timeoutSeconds: 1,
    ...account,
  };
}

/** The simulator's clock, moved instead of waited for. */
function clockOf(running: () => Running) {
  let late = 0;
  return {
    expect: (ms: number) => void (late = ms),
    async wait(ms: number) {
      running().odoo.clock({ advanceMs: ms });
      // A late effect is on its way in real time.
      if (late > 0) await new Promise((resolve) => setTimeout(resolve, late + 200));
      late = 0;
    },
    async earlier<T>(ms: number, act: () => Promise<T>): Promise<T> {
      running().odoo.clock({ advanceMs: -ms });
      try {
        return await act();
      } finally {
        running().odoo.clock({ advanceMs: ms });
      }
    },
  };
}

function faultsOf(running: () => Running, gate: Gate, delayed: (ms: number) => void): FaultControl {
  const add = (spec: FaultSpec) => void running().odoo.addFault(spec);
  return {
    kinds: Object.keys(FAULTS) as FaultKind[],
    fail(kind, { retryAfterSeconds } = {}) {
      const spec = FAULTS[kind];
      if (spec) add({ ...spec, ...(retryAfterSeconds === undefined ? {} : { retryAfter: retryAfterSeconds }) });
    },
    clear: () => running().odoo.clearFaults(),
    timeoutAfterEffect: () => add({ kind: "timeoutAfter", method: "create" }),
    timeoutBeforeEffect: () => add({ kind: "timeoutBefore", method: "create" }),
    lateEffect(ms) {
      // In time for the test's patience: what counts is that it comes after the caller gave up.
      const real = Math.min(ms, 1500);
      delayed(real);
      add({ kind: "lateEffect", method: "create", delayMs: real });
    },
    pauseSender: () => gate.hold(),
  };
}

/** Holds the next write of a client back, as a stopped process would. */
class Gate {
  private next: { arrived: () => void; open: Promise<void> } | undefined;

  hold() {
    let arrived: () => void = () => undefined;
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (arrived = resolve));
    const open = new Promise<void>((resolve) => (release = resolve));
    this.next = { arrived, open };
    return { held, release: () => release() };
  }

  around(http: Http): Http {
    return {
      request: async (request) => {
        const held = this.next;
        if (held && isCreate(request.url, request.json)) {
          this.next = undefined;
          held.arrived();
          await held.open;
        }
        return http.request(request);
      },
    };
  }
}

function isCreate(url: string, json: unknown): boolean {
  const args = (json as { params?: { args?: Json[] } } | undefined)?.params?.args;
  return url.endsWith("/create") || args?.[4] === "create";
}
