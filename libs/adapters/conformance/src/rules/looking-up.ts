import type { EntityName, JsonObject } from "@dovetail/domain";
import type { LookupQuery, Raw } from "@dovetail/adapter-sdk";
import type { ConformanceHarness } from "../harness";
import { type EntityRule, failureOf, must, portOf, withSession } from "./rule";

export function find(
  harness: ConformanceHarness,
  session: unknown,
  entity: EntityName,
  by: LookupQuery,
): Promise<Raw[]> {
  const { lookup } = portOf(harness, entity);
  must(lookup, `${entity} has no lookup`);
  return lookup(session, by);
}

const canLookUp: EntityRule["applies"] = (harness, entity) => portOf(harness, entity).lookup !== undefined;

function mustBeOnly(rows: Raw[], externalId: string, by: string): void {
  const ids = rows.map((row) => row.externalId);
  must(ids.length === 1 && ids[0] === externalId, `looking up ${externalId} by ${by} found [${ids.join(", ")}]`);
}

const byExternalId: EntityRule = {
  name: "looks a row up by external id, and nothing else",
  applies: canLookUp,
  check: (harness, entity) =>
    withSession(harness, async (session) => {
      const [externalId = ""] = await harness.seed(entity, 3);
      mustBeOnly(await find(harness, session, entity, { externalId }), externalId, "external id");
      const absent = harness.absentId ?? "999999999";
      const none = await find(harness, session, entity, { externalId: absent });
      must(none.length === 0, `the absent external id ${absent} was found`);
    }),
};

const byKey: EntityRule = {
  name: "looks a row up by business key, and nothing else",
  applies: canLookUp,
  unless: (harness) => (harness.keyOf ? undefined : "the harness tells no keys"),
  check: (harness, entity) =>
    withSession(harness, async (session) => {
      const [externalId = ""] = await harness.seed(entity, 3);
      const key: JsonObject = (await harness.keyOf?.(entity, externalId)) ?? {};
      mustBeOnly(await find(harness, session, entity, { key }), externalId, JSON.stringify(key));
      const absent = Object.fromEntries(Object.entries(key).map(([name, value]) => [name, `${String(value)}-ABSENT`]));
      const none = await find(harness, session, entity, { key: absent });
      must(none.length === 0, `the absent key ${JSON.stringify(absent)} was found`);
    }),
};

const throwsWhenUnsure: EntityRule = {
  name: "a lookup that fails throws: [] means surely absent",
  applies: canLookUp,
  unless: (harness) => (harness.faults?.kinds.includes("server") ? undefined : "the ERP cannot be made to fail"),
  check: (harness, entity) =>
    withSession(harness, async (session) => {
      const [externalId = ""] = await harness.seed(entity, 1);
      for (const kind of ["server", "unavailable"] as const) {
        await harness.faults?.fail(kind);
        await failureOf(find(harness, session, entity, { externalId }), `a lookup meeting ${kind}`);
        await harness.faults?.clear();
      }
    }),
};

const forgetsRemoved: EntityRule = {
  name: "a removed row is looked up as absent",
  applies: canLookUp,
  unless: (harness) => (harness.remove ? undefined : "rows cannot be removed"),
  check: (harness, entity) =>
    withSession(harness, async (session) => {
      const [externalId = ""] = await harness.seed(entity, 1);
      await find(harness, session, entity, { externalId });
      await harness.remove?.(entity, externalId);
      const rows = await find(harness, session, entity, { externalId });
      must(rows.length === 0, `removed row ${externalId} is still found`);
    }),
};

export const lookupRules: readonly EntityRule[] = [byExternalId, byKey, throwsWhenUnsure, forgetsRemoved];
