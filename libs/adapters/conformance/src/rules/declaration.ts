import { ENTITIES, ENTITY_NAMES, type EntityName } from "@dovetail/domain";
import { capabilities, validateConfig } from "@dovetail/adapter-sdk";
import { compileMapping } from "@dovetail/mapping";
import { type AdapterRule, must, withSession } from "./rule";

/** Names that always hold a secret, whoever declares them. */
const SECRET = /password|secret$|^secret|token$|privatekey|apikey$|passphrase/i;

const completeSchema: AdapterRule = {
  name: "declares each connection field with a label, and secrets as secret",
  check: async ({ adapter }) => {
    const { fields } = adapter.connection;
    must(new Set(fields.map(({ name }) => name)).size === fields.length, "two connection fields have one name");
    for (const field of fields) {
      must(/^[a-z][A-Za-z0-9]*$/.test(field.name), `connection field ${field.name} is not a camelCase name`);
      must(field.label.trim() !== "", `connection field ${field.name} has no label`);
      must(!SECRET.test(field.name) || field.secret, `connection field ${field.name} is not marked secret`);
      must(!field.secret || field.in === "credentials", `secret ${field.name} does not belong to the credentials`);
      if (field.pattern) new RegExp(field.pattern, "u");
    }
  },
};

const schemaWorks: AdapterRule = {
  name: "its schema takes the harness's config and misses each required field",
  check: async ({ adapter, config }) => {
    const whole = validateConfig(adapter.connection, config);
    must(whole.ok, `the config is refused: ${whole.ok ? "" : JSON.stringify(whole.errors)}`);
    for (const field of adapter.connection.fields) {
      if (!field.required || field.default !== undefined || config[field.name] === undefined) continue;
      const rest = { ...config };
      delete rest[field.name];
      const { ok } = validateConfig(adapter.connection, rest);
      must(!ok, `a config without the required ${field.name} is taken`);
    }
    const required = adapter.connection.fields.filter((field) => field.required && config[field.name] !== undefined);
    must(required.length > 0, "no field of the connection is required: how would it find the ERP?");
  },
};

const plainCapabilities: AdapterRule = {
  name: "declares its abilities as plain data",
  check: async ({ adapter }) => {
    const shown = capabilities(adapter);
    must(
      JSON.stringify(JSON.parse(JSON.stringify(shown))) === JSON.stringify(shown),
      "capabilities are not plain JSON",
    );
    must(/^[A-Z][A-Z0-9_]*$/.test(shown.system), `system code ${shown.system} is not in capitals`);
    must(shown.title.trim() !== "", "the adapter has no title");
    must(Number.isInteger(shown.version) && shown.version > 0, "the adapter's version is not a positive whole number");
    must(shown.auth.length > 0, "no auth method is declared");
    must(shown.formats.length > 0, "no format is declared");
    const pulls = shown.entities.some(({ pull }) => pull);
    const pushes = shown.entities.some(({ operations }) => operations.length > 0);
    must(!pulls || shown.inbound.length > 0, "it pulls, but no inbound method is declared");
    must(!pushes || shown.outbound.length > 0, "it pushes, but no outbound method is declared");
  },
};

const consistentEntities: AdapterRule = {
  name: "declares for each entity what its write class needs",
  check: async ({ adapter }) => {
    for (const { entity, writeClass, operations, settleMs, lookup, mapping, pull } of capabilities(adapter).entities) {
      must(ENTITY_NAMES.includes(entity), `${entity} is not an entity`);
      must(pull || operations.length > 0, `${entity} can be neither read nor written`);
      must(mapping, `${entity} has no mapping`);
      must((writeClass === null) === (operations.length === 0), `${entity} has a write class without operations`);
      if (writeClass === "L") {
        must(settleMs !== null && settleMs >= 0, `${entity} is of class L without settleMs`);
        must(lookup, `${entity} is of class L without lookup`);
      }
      const changes = operations.includes("update") || operations.includes("delete");
      must(!changes || ENTITIES[entity].kind === "state", `${entity} is a fact: it is posted, never edited`);
    }
  },
};

const mappingsCompile: AdapterRule = {
  name: "its mappings compile",
  check: async ({ adapter }) => {
    for (const [entity, document] of Object.entries(adapter.mappings) as [EntityName, never][]) {
      try {
        await compileMapping(document, { entity });
      } catch (error) {
        must(false, `the mapping of ${entity} does not compile: ${String(error)}`);
      }
    }
  },
};

/** A plain member name; paths into rows are the ERP's own affair. */
const PLAIN = /^[A-Za-z_]\w*$/;

const describesFields: AdapterRule = {
  name: "describes the fields that its mappings read",
  applies: ({ adapter }) => adapter.describe !== undefined,
  check: (harness) =>
    withSession(harness, async (session) => {
      const { adapter, entities } = harness;
      for (const entity of entities) {
        const document = adapter.mappings[entity];
        const fields = await adapter.describe?.(session, entity);
        if (!document || !fields) continue;
        must(fields.length > 0, `no field of ${entity} is described`);
        const names = new Set(fields.map(({ name }) => name));
        const { sourceFields } = await compileMapping(document, { entity });
        const unknown = sourceFields.filter((name) => PLAIN.test(name) && !names.has(name));
        must(
          unknown.length === 0,
          `the mapping of ${entity} reads ${unknown.join(", ")}, which describe() does not name`,
        );
      }
    }),
};

export const declarationRules: readonly AdapterRule[] = [
  completeSchema,
  schemaWorks,
  plainCapabilities,
  consistentEntities,
  mappingsCompile,
  describesFields,
];
