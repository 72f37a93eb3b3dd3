import type { Adapter, AdapterErrorDetails, Category } from "@dovetail/adapter-sdk";
import type { FieldMapping, MappingDocument } from "@dovetail/mapping";
import { altered, type Mutant, ports, pullErrors, pulls, testErrors } from "./mutant";

const mappings =
  (change: (mapping: FieldMapping) => FieldMapping) =>
  (adapter: Adapter): Adapter => ({
    ...adapter,
    mappings: Object.fromEntries(
      Object.entries(adapter.mappings as Record<string, MappingDocument>).map(([entity, document]) => [
        entity,
        { ...document, mappings: document.mappings.map(change) },
      ]),
    ),
  });

const isKey = ({ mesField = "" }: FieldMapping) => /Number$/.test(mesField);

const fields =
  (change: Partial<Adapter["connection"]["fields"][number]>) =>
  (adapter: Adapter): Adapter => ({
    ...adapter,
    connection: { fields: adapter.connection.fields.map((field) => ({ ...field, ...change })) },
  });

const declared: Mutant[] = [
  {
    rule: "declares each connection field with a label, and secrets as secret",
    fault: "password not secret",
    mutate: fields({ secret: false }),
  },
  {
    rule: "declares each connection field with a label, and secrets as secret",
    fault: "no labels",
    mutate: fields({ label: "" }),
  },
  {
    rule: "its schema takes the harness's config and misses each required field",
    fault: "nothing required",
    mutate: fields({ required: false }),
  },
  {
    rule: "its schema takes the harness's config and misses each required field",
    fault: "pattern refuses all",
    mutate: fields({ pattern: "x{99}" }),
  },
  {
    rule: "declares its abilities as plain data",
    fault: "no auth method",
    mutate: (adapter) => ({ ...adapter, auth: [] }),
  },
  {
    rule: "declares its abilities as plain data",
    fault: "no inbound method",
    mutate: (adapter) => ({ ...adapter, inbound: [] }),
  },
  {
    rule: "declares for each entity what its write class needs",
    fault: "class L without settleMs",
    writeClass: "L",
    mutate: ports(({ push }) => (push ? { push: { ...push, settleMs: undefined } } : {})),
  },
  {
    rule: "declares for each entity what its write class needs",
    fault: "facts can be edited",
    mutate: ports(({ push }) => (push ? { push: { ...push, operations: ["create", "update"] } } : {})),
  },
  {
    rule: "its mappings compile",
    fault: "unknown transform",
    mutate: mappings((m) => ({ ...m, transform: "NO_SUCH_STEP" })),
  },
  {
    rule: "describes the fields that its mappings read",
    fault: "describes nothing",
    mutate: (adapter) => ({ ...adapter, describe: async () => [] }),
  },
  {
    rule: "describes the fields that its mappings read",
    fault: "describes other fields",
    mutate: (adapter) => ({ ...adapter, describe: async () => [{ name: "other", type: "string" }] }),
  },
  {
    rule: "its mapping makes valid records of its rows",
    fault: "a required field that rows do not have",
    mutate: mappings((m) => (isKey(m) ? { ...m, erpField: `${m.mesField}_gone` } : m)),
  },
  {
    rule: "its mapping gives each row a business key of its own",
    fault: "a constant key",
    mutate: mappings((m) => (isKey(m) ? { mesField: m.mesField ?? "", dataType: "string", defaultValue: "1" } : m)),
  },
  {
    rule: "its mapping makes bodies to push of the records it made",
    fault: "every field is read only",
    mutate: mappings((m) => ({ ...m, readOnly: true })),
  },
];

const connected: Mutant[] = [
  {
    rule: "test() names the product",
    fault: "no product",
    mutate: (adapter) => ({ ...adapter, test: async () => ({ product: "" }) }),
  },
  {
    rule: "a wrong password is AUTH, ERP002",
    fault: "test() always succeeds",
    mutate: (adapter) => ({ ...adapter, test: async () => ({ product: "x" }) }),
  },
  {
    rule: "a wrong password is AUTH, ERP002",
    fault: "VALIDATION",
    mutate: testErrors((e) => altered(e, { category: "VALIDATION" })),
  },
  {
    rule: "a wrong password is AUTH, ERP002",
    fault: "shows the secret",
    mutate: testErrors((e) => altered(e, {}, "memory-password")),
  },
  {
    rule: "an unreachable ERP is TRANSIENT, ERP001, and surely had no effect",
    fault: "said to be sent",
    mutate: testErrors((e) => altered(e, { sent: "maybe" })),
  },
  { rule: "reads inbound notices", fault: "overlooks them", mutate: (adapter) => withNotices(adapter, () => []) },
  {
    rule: "a notice that cannot be read is VALIDATION",
    fault: "a TypeError",
    mutate: (adapter) =>
      withNotices(adapter, (body) => [{ entity: JSON.parse(Buffer.from(body).toString()).entity.toString() }]),
  },
];

function withNotices(adapter: Adapter, read: NonNullable<Adapter["webhook"]>["read"]): Adapter {
  return { ...adapter, webhook: { scheme: { kind: "secretPath" }, read } };
}

const KINDS: readonly [string, Category][] = [
  ["rateLimit", "RATE_LIMIT"],
  ["auth", "AUTH"],
  ["validation", "VALIDATION"],
  ["notFound", "NOT_FOUND"],
  ["conflict", "CONFLICT"],
  ["server", "SERVER"],
  ["unavailable", "TRANSIENT"],
  ["reset", "TRANSIENT"],
  ["cutOff", "TRANSIENT"],
];

function misclassified([kind, category]: (typeof KINDS)[number]): Mutant {
  const wrong: Partial<AdapterErrorDetails> = { category: category === "SERVER" ? "TRANSIENT" : "SERVER" };
  return {
    rule: `${kind} is ${category}, and the session goes on afterwards`,
    fault: `is ${wrong.category}`,
    mutate: pullErrors((error) => altered(error, wrong)),
  };
}

function deaf(adapter: Adapter): Adapter {
  return { ...adapter, open: (context) => adapter.open({ ...context, signal: new AbortController().signal }) };
}

const failing: Mutant[] = [
  ...KINDS.map(misclassified),
  {
    rule: "auth is AUTH, and the session goes on afterwards",
    fault: "a plain Error",
    mutate: pullErrors(() => new Error("401")),
  },
  {
    rule: "hands on how long the ERP asks to wait",
    fault: "keeps it to itself",
    mutate: pullErrors((error) => altered(error, { retryAfterMs: undefined })),
  },
  {
    rule: "a failure between pages is thrown, never taken for the end",
    fault: "ends quietly",
    mutate: pulls(
      (own) =>
        async function* (session, query) {
          try {
            yield* own(session, query);
          } catch {
            yield { rows: [], cursor: null, last: true };
          }
        },
    ),
  },
  {
    rule: "classifies transport statuses and never gives up on an unknown failure",
    fault: "an unknown failure is final",
    mutate: (adapter) => ({
      ...adapter,
      classify: (input) => (input.status ? adapter.classify(input) : { category: "VALIDATION", code: "ERP008" }),
    }),
  },
  {
    rule: "classifies the ERP's own errors",
    fault: "by status alone",
    mutate: (adapter) => ({ ...adapter, classify: ({ status }) => adapter.classify(status ? { status } : {}) }),
  },
  { rule: "an abort ends a call that hangs", fault: "does not listen", mutate: deaf },
  { rule: "an aborted session makes no further call", fault: "does not listen", mutate: deaf },
];

export const declaredMutants: readonly Mutant[] = [...declared, ...connected, ...failing];
