import { ENTITIES, ENTITY_NAMES, type EntityName } from "@dovetail/domain";
import {
  canonicalMapping,
  type Adapter,
  AdapterError,
  defineAdapter,
  defineSchema,
  type EntityPort,
  httpClassify,
  type Notice,
  type SourceField,
  type Stamp,
  type WriteClass,
} from "@dovetail/adapter-sdk";
import { pull } from "./pull";
import { lookup, send } from "./push";
import { type MemoryConfig, MemorySession } from "./session";
import { type WriteClasses, writeClassOf } from "./write-classes";
import { templates } from "./templates";

/** The write classes must be those of the MemoryErp. */
export interface MemoryAdapterOptions extends WriteClasses {
  /** Declared for class L, milliseconds; must cover the ERP's search lag and late effects. */
  settleMs?: number;
}

const connection = defineSchema({
  instance: {
    label: "Instance",
    type: "text",
    in: "settings",
    required: true,
    pattern: "[\\w.-]{1,80}",
    help: "Name of the ERP in this process.",
  },
  apiUsername: { label: "User name", type: "text", in: "credentials", required: true, auth: ["BASIC"] },
  apiPassword: { label: "Password", type: "text", in: "credentials", required: true, secret: true, auth: ["BASIC"] },
});

async function* stamps(session: MemorySession, entity: EntityName): AsyncGenerator<Stamp> {
  const rows = await session.call("stamps", (erp) => erp.table(entity).find(erp.now(), () => true));
  for (const { externalId, version } of rows) yield { externalId, version };
}

function entityPort(entity: EntityName, writeClass: WriteClass, settleMs: number): EntityPort<MemorySession> {
  return {
    deletesSeen: true,
    pull: (session, query) => pull(session, entity, query),
    push: {
      class: writeClass,
      ...(writeClass === "L" ? { settleMs } : {}),
      operations: ENTITIES[entity].kind === "fact" ? ["post"] : ["create", "update", "delete"],
      send: (session, request) => send(session, entity, request),
    },
    lookup: (session, by) => lookup(session, entity, by),
    stamps: (session) => stamps(session, entity),
  };
}

function describe(session: MemorySession, entity: EntityName): Promise<SourceField[]> {
  return session.call("describe", () =>
    ENTITIES[entity].fields.map(({ name, type, required, references, description }) => ({
      name,
      type,
      label: description,
      ...(required ? { required } : {}),
      ...(references ? { references } : {}),
    })),
  );
}

function readNotice(body: Uint8Array): Notice[] {
  const unreadable = (cause?: unknown) =>
    new AdapterError("the notice cannot be read", { category: "VALIDATION", code: "ERP008", sent: "no", cause });
  let notice: unknown;
  try {
    notice = JSON.parse(Buffer.from(body).toString());
  } catch (cause) {
    throw unreadable(cause);
  }
  const { entity, externalId, eventId } = (notice ?? {}) as Partial<Record<string, unknown>>;
  if (!ENTITY_NAMES.includes(entity as EntityName)) throw unreadable();
  return [
    {
      entity: entity as EntityName,
      ...(typeof externalId === "string" ? { externalId } : {}),
      ...(typeof eventId === "string" ? { eventId } : {}),
    },
  ];
}

/** The adapter over MemoryErp, with the write classes that its ERP has. */
export function memoryAdapter(options: MemoryAdapterOptions = {}): Adapter {
  const { settleMs = 5000 } = options;
  const entities = Object.fromEntries(
    ENTITY_NAMES.map((entity) => [entity, entityPort(entity, writeClassOf(entity, options), settleMs)]),
  );
  return defineAdapter<MemoryConfig, MemorySession>({
    system: "MEMORY",
    version: 1,
    title: "In-memory ERP",
    connection,
    auth: ["BASIC"],
    inbound: ["REST_POLLING", "WEBHOOK"],
    outbound: ["REST_PUSH"],
    formats: ["json"],
    realTime: true,
    open: async ({ config, signal }) => new MemorySession(config, signal),
    test: (session) => session.call("test", (erp) => ({ product: "MemoryErp", details: { seed: erp.seed } })),
    describe,
    entities,
    classify: httpClassify,
    webhook: { scheme: { kind: "secretPath" }, read: readNotice },
    mappings: Object.fromEntries(ENTITY_NAMES.map((entity) => [entity, canonicalMapping(entity)])),
    templates,
  });
}

/** The adapter with its default classes: InventoryTransaction L, CostPosting N, everything else K. */
export const memory: Adapter = memoryAdapter();
