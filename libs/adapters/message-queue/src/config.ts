import { AdapterError, type Schema, defineSchema } from "@dovetail/adapter-sdk";
import { type EntityName, isEntityName, type Json } from "@dovetail/domain";

/** What an integration with a message broker asks for. */
export const connection = defineSchema({
  brokerUrl: {
    label: "Address of the broker",
    type: "text",
    in: "settings",
    required: true,
    pattern: "(nats|tls)://[A-Za-z0-9.\\-]{1,253}(:\\d{1,5})?",
    example: "tls://broker.example.com:4222",
  },
  ca: { label: "Certificate authority (PEM)", type: "longText", in: "settings" },
  sources: {
    label: "Subjects to read",
    type: "json",
    in: "settings",
    example: '[{"entityType":"Supplier","stream":"ERP_OUT","subject":"erp.out.supplier.*"}]',
  },
  sinks: {
    label: "Subjects to write to",
    type: "json",
    in: "settings",
    example: '[{"entityType":"PurchaseOrder","stream":"ERP_IN","subject":"erp.in.po"}]',
  },
  timeoutSeconds: { label: "Time-out in seconds", type: "integer", in: "settings", min: 1, max: 120, default: 10 },
  apiUsername: { label: "User", type: "text", in: "credentials", required: true, auth: ["BASIC"] },
  apiPassword: { label: "Password", type: "text", in: "credentials", required: true, secret: true, auth: ["BASIC"] },
});

/** The checked connection. */
export type QueueConfig = typeof connection extends Schema<infer C> ? C : never;

/** Messages of one entity: `subject` ends in `.*` where the last token is the external id, else `key` makes it. */
export interface Source {
  entity: EntityName;
  stream: string;
  subject: string;
  key: string[];
}

export interface Sink {
  entity: EntityName;
  stream: string;
  /** Messages go to `<subject>.<operation>.<reference>`. */
  subject: string;
  /** Where the ERP says what became of a message: `<subject>.<operation>.<reference>`. */
  replies?: { stream: string; subject: string };
}

/** What this adapter itself refuses: nothing left the machine. */
export function refusal(message: string): AdapterError {
  return new AdapterError(message, { category: "VALIDATION", code: "ERP008", sent: "no" });
}

const TOKENS = /^[A-Za-z0-9_$-]+(\.[A-Za-z0-9_$-]+)*$/;
const STREAM = /^[A-Za-z0-9_-]{1,128}$/;

type Item = Record<string, Json | undefined>;

function place(item: Item, path: string, wildcard: boolean): { stream: string; subject: string } {
  const { stream, subject } = item;
  if (typeof stream !== "string" || !STREAM.test(stream)) throw refusal(`${path}.stream is no name of a stream`);
  const plain = typeof subject === "string" && wildcard ? subject.replace(/\.\*$/, "") : subject;
  if (typeof subject !== "string" || !TOKENS.test(String(plain))) throw refusal(`${path}.subject is no subject`);
  return { stream, subject };
}

function each<T extends { entity: EntityName }>(
  value: Json | undefined,
  path: string,
  read: (item: Item, path: string, entity: EntityName) => T,
): Map<EntityName, T> {
  if (value === undefined || value === null) return new Map();
  if (!Array.isArray(value)) throw refusal(`${path} must be a list`);
  const made = value.map((item, index) => {
    const own = (typeof item === "object" && item !== null ? item : {}) as Item;
    const { entityType } = own;
    if (typeof entityType !== "string" || !isEntityName(entityType))
      throw refusal(`${path}[${index}].entityType is no entity`);
    return read(own, `${path}[${index}]`, entityType);
  });
  return new Map(made.map((item) => [item.entity, item]));
}

/** `settings.sources`, checked. Throws ERP008. */
export function readSources(value: Json | undefined): Map<EntityName, Source> {
  return each(value, "settings.sources", (item, path, entity) => {
    const where = place(item, path, true);
    const key = Array.isArray(item["key"]) ? item["key"].map(String) : [];
    if (key.length === 0 && !where.subject.endsWith(".*"))
      throw refusal(`${path} needs a key: the members of a message that make its external id`);
    return { entity, ...where, key };
  });
}

/** `settings.sinks`, checked. Throws ERP008. */
export function readSinks(value: Json | undefined): Map<EntityName, Sink> {
  return each(value, "settings.sinks", (item, path, entity) => {
    const { replies } = item;
    const answers =
      typeof replies === "object" && replies !== null
        ? { replies: place(replies as Item, `${path}.replies`, false) }
        : {};
    return { entity, ...place(item, path, false), ...answers };
  });
}
