import { type EntityName, type FieldError, type JsonObject, keyOf, validateRecord } from "@dovetail/domain";
import { compileMapping, type InboundResult } from "@dovetail/mapping";
import type { ConformanceHarness } from "../harness";
import { isPulled, readAlone } from "./reading";
import { type EntityRule, must, portOf } from "./rule";

/** Stands for the business key that the engine puts where a row holds another row's external id. */
function resolveReferences({ record, refs }: InboundResult): JsonObject {
  for (const ref of refs) ref.holder[ref.field] = `KEY-OF-${ref.externalId}`;
  return record;
}

function describe(errors: readonly FieldError[]): string {
  return errors.map(({ field, rule, value }) => `${field} ${rule} ${JSON.stringify(value)}`).join("; ");
}

async function mapped(
  harness: ConformanceHarness,
  entity: EntityName,
  ids: ReadonlySet<string>,
): Promise<InboundResult[]> {
  const document = harness.adapter.mappings[entity];
  must(document, `${entity} has no mapping`);
  const { rows } = await readAlone(harness, entity);
  const own = rows.filter(({ externalId }) => ids.has(externalId));
  const prepared = harness.prepare ? harness.prepare(entity, own) : own;
  const { inbound } = await compileMapping(document, { entity });
  return inbound(prepared.map(({ body }) => body));
}

const mapsRows: EntityRule = {
  name: "its mapping makes valid records of its rows",
  applies: isPulled,
  check: async (harness, entity) => {
    const ids = new Set(await harness.seed(entity, 6));
    const results = await mapped(harness, entity, ids);
    must(results.length >= ids.size, `${ids.size} rows gave ${results.length} records`);
    for (const result of results) {
      must(result.errors.length === 0, `a row does not map: ${describe(result.errors)}`);
      const record = resolveReferences(result);
      const errors = validateRecord(entity, record);
      must(errors.length === 0, `a record is not valid: ${describe(errors)}`);
    }
  },
};

const keepsKeysApart: EntityRule = {
  name: "its mapping gives each row a business key of its own",
  applies: isPulled,
  check: async (harness, entity) => {
    const ids = new Set(await harness.seed(entity, 6));
    const results = await mapped(harness, entity, ids);
    const keys = new Set(results.map((result) => keyOf(entity, resolveReferences(result))));
    must(keys.size >= ids.size, `${ids.size} rows have ${keys.size} business keys`);
  },
};

/** Business key → external id, undoing `resolveReferences`. */
function resolve(_: EntityName, key: string): string {
  return key.replace(/^KEY-OF-/, "");
}

const mapsBack: EntityRule = {
  name: "its mapping makes bodies to push of the records it made",
  applies: (harness, entity) => isPulled(harness, entity) && portOf(harness, entity).push !== undefined,
  check: async (harness, entity) => {
    const ids = new Set(await harness.seed(entity, 3));
    const results = await mapped(harness, entity, ids);
    const document = harness.adapter.mappings[entity];
    must(document, `${entity} has no mapping`);
    const mapping = await compileMapping(document, { entity });
    for (const result of results) {
      const { body, errors } = await mapping.outbound(resolveReferences(result), { resolve });
      must(errors.length === 0, `a record does not map back: ${describe(errors)}`);
      must(Object.keys(body).length > 0, "a record maps back to an empty body");
    }
  },
};

export const mappingRules: readonly EntityRule[] = [mapsRows, keepsKeysApart, mapsBack];
