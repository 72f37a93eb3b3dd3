import { ENTITIES, type EntityName, type JsonObject } from "@dovetail/domain";
import type { Adapter, Log, WriteClass } from "@dovetail/adapter-sdk";
import { type CallFault, memoryAdapter, type MemoryErp, startMemoryErp, stopMemoryErp } from "@dovetail/adapter-memory";
import { systemClock } from "@dovetail/resilience";
import type { ConformanceHarness, FaultControl, FaultKind, OpenOptions } from "./harness";

export interface MemoryHarnessOptions {
  /** What is tried; default: the memory adapter of this write class. */
  adapter?: Adapter;
  writeClass?: WriteClass;
  entities?: readonly EntityName[];
  seed?: number;
}

const SETTLE_MS = 5000;

const CALL_FAULTS: Readonly<Record<FaultKind, CallFault>> = {
  rateLimit: { kind: "status", status: 429 },
  auth: { kind: "status", status: 401 },
  validation: { kind: "status", status: 422 },
  notFound: { kind: "status", status: 404 },
  conflict: { kind: "status", status: 409 },
  server: { kind: "status", status: 500 },
  unavailable: { kind: "status", status: 503 },
  reset: { kind: "reset" },
  cutOff: { kind: "cutOff" },
  hang: { kind: "hang" },
};

function memoryFaults(erp: () => MemoryErp): FaultControl {
  const pushes = (fault: CallFault) => erp().faults.always(fault, ["push"]);
  return {
    kinds: Object.keys(CALL_FAULTS) as FaultKind[],
    fail: (kind, options) => erp().faults.always({ ...CALL_FAULTS[kind], ...options }),
    clear: () => erp().faults.clear(),
    timeoutAfterEffect: () => pushes({ kind: "timeoutAfter" }),
    timeoutBeforeEffect: () => pushes({ kind: "timeoutBefore" }),
    lateEffect: (ms) => pushes({ kind: "late", ms }),
    pauseSender: () => erp().faults.pauseSender(),
    lateCommit: (entity, ageMs) => erp().commitLate(entity, ageMs),
    equalTimestamps: (entity, count) => erp().seedRows(entity, count, { stamp: erp().stampOf(erp().now()) }),
    missingChildren: (entity) => erp().seedRows(entity, 1, { childrenComplete: false })[0] ?? "",
  };
}

const quiet = () => undefined;
const silent: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** The harness of the memory adapter; also the pattern for those of other adapters. */
export function memoryHarness(options: MemoryHarnessOptions = {}): ConformanceHarness {
  const { writeClass = "K", entities = ["Supplier", "PurchaseOrder", "InventoryTransaction"], seed } = options;
  const adapter = options.adapter ?? memoryAdapter({ writeClass, settleMs: SETTLE_MS });
  const instance = `conformance-${writeClass}`;
  let erp: MemoryErp;
  const reset = () => {
    erp = startMemoryErp(instance, { writeClass, ...(seed === undefined ? {} : { seed }) });
  };
  reset();
  const config: JsonObject = { instance, apiUsername: "api", apiPassword: "memory-password" };
  const open = async ({ as, signal }: OpenOptions = {}) => {
    const changed =
      as === "wrongPassword" ? { apiPassword: "wrong" } : as === "unreachable" ? { instance: "gone" } : {};
    const session = await adapter.open({
      config: { ...config, ...changed },
      http: { request: () => Promise.reject(new Error("the memory adapter speaks no HTTP")) },
      clock: systemClock,
      signal: signal ?? new AbortController().signal,
      log: silent,
    });
    return { session, close: async () => adapter.close?.(session) };
  };
  return {
    adapter,
    entities,
    config,
    open,
    reset,
    stop: async () => stopMemoryErp(instance),
    seed: (entity, count) => erp.seedRows(entity, count),
    mutate: (entity, externalId) => erp.mutate(entity, externalId),
    remove: (entity, externalId) => erp.remove(entity, externalId),
    wait: async (ms) => erp.advance(ms),
    keyOf: (entity, externalId) => keyMembers(entity, erp.table(entity).get(externalId, erp.now())?.body ?? {}),
    pushBody: (entity) => ({ create: erp.newBody(entity), update: { externalReference: `changed ${erp.now()}` } }),
    countReference: (entity, reference) =>
      erp.table(entity).find(erp.now(), (row) => row.reference === reference).length,
    faults: memoryFaults(() => erp),
    notices: [
      {
        body: Buffer.from('{"entity":"Supplier","externalId":"7","eventId":"e1"}'),
        headers: {},
        expected: [{ entity: "Supplier", externalId: "7", eventId: "e1" }],
      },
    ],
    classifications: [
      { input: { status: 422 }, category: "VALIDATION" },
      { input: { status: 400, body: "API rate limit exceeded" }, category: "RATE_LIMIT" },
      { input: { status: 500 }, category: "SERVER" },
    ],
    note: () => erp.describe(),
  };
}

function keyMembers(entity: EntityName, body: JsonObject): JsonObject {
  return Object.fromEntries(ENTITIES[entity].key.map((name) => [name, body[name] ?? null]));
}
