import type { Job, JobCounts } from "@dovetail/contracts";
import { ENTITIES, sumDecimals, type EntityName, type JsonObject } from "@dovetail/domain";
import { holds } from "./values";
import { isAlive, isListed, type Party, partiesOf, type Subject, type View } from "./view";
import type { Violation } from "./violation";

/** Every row read ended in exactly one state, in every job. */
export function balance({ history }: View): Violation[] {
  return [...history.api.jobs, ...history.api.rereads]
    .filter((job) => job.counts.read !== parts(job.counts))
    .map(unbalanced);
}

function parts({ created, updated, unchanged, rejected, parked }: JobCounts): number {
  return created + updated + unchanged + rejected + parked;
}

function unbalanced({ id, integration, entityType, counts }: Job): Violation {
  const evidence = { id, counts: { ...counts } };
  return {
    law: "balance",
    what: `a job of ${integration} ${entityType} counts ${counts.read} rows in and ${parts(counts)} out`,
    evidence,
  };
}

/** Documents, amounts and quantities of each entity add up to the same on both sides, what is listed left out. */
export function totals(view: View): Violation[] {
  const entities = new Set([...view.subjects.values()].map(({ entity }) => entity));
  return [...entities].flatMap((entity) => partiesOf(view, entity).flatMap((party) => ofParty(view, entity, party)));
}

function ofParty(view: View, entity: EntityName, party: Party): Violation[] {
  const { settings, integration } = party;
  const subjects = [...view.subjects.values()].filter((one) => one.entity === entity && !isListed(one, integration));
  const keys = new Set(subjects.map(({ key }) => key));
  const theirs = party.erp.final.filter((one) => one.entity === entity && keys.has(one.key));
  const there = new Set(theirs.map(({ key }) => key));
  const ours = subjects.filter((one) => isAlive(one) && (settings.direction !== "inbound" || there.has(one.key)));
  const deaf = settings.direction === "inbound" || !settings.master ? deafFields(subjects, party) : new Set<string>();
  const sums = (documents: JsonObject[]): Record<string, string> => ({
    documents: String(documents.length),
    ...Object.fromEntries(
      decimalsOf(entity)
        .filter((path) => holds(settings, topOf(path)) && !deaf.has(topOf(path)))
        .map((path) => [path, sumOf(documents, path)]),
    ),
  });
  const here = sums(ours.map(({ record }) => record?.record ?? {}));
  const back = sums(theirs.map(({ document }) => document));
  return Object.keys(here)
    .filter((name) => here[name] !== back[name])
    .map((name) => {
      const evidence = { ours: here[name] ?? null, theirs: back[name] ?? null };
      return { law: "totals" as const, what: `${entity}: ${name} of ${integration} do not add up`, evidence };
    });
}

/** Fields that one of the two sides never hears of: the ERP is only read, or its own edits are not taken over. */
function deafFields(subjects: readonly Subject[], { settings, integration }: Party): Set<string> {
  const deaf = subjects.flatMap(({ operations }) =>
    operations.filter(({ side }) => {
      const own = side !== "mes" && side.integration === integration;
      return settings.direction === "inbound" ? !own : own;
    }),
  );
  return new Set(deaf.flatMap(({ fields }) => Object.keys(fields)));
}

/** Names of an entity's decimal fields; those of lines with the list's name before them. */
function decimalsOf(entity: EntityName): string[] {
  return ENTITIES[entity].fields.flatMap(({ name, type, fields }) => {
    if (type === "decimal") return [name];
    return (fields ?? []).filter((member) => member.type === "decimal").map((member) => `${name}.${member.name}`);
  });
}

function topOf(path: string): string {
  return path.split(".")[0] ?? "";
}

function sumOf(documents: readonly JsonObject[], path: string): string {
  const [field = "", member] = path.split(".");
  const values = documents.flatMap((document) => {
    const value = document[field];
    if (member === undefined) return [value];
    const holders = Array.isArray(value) ? value : [value];
    return holders.map((holder) => (isObject(holder) ? holder[member] : undefined));
  });
  return sumDecimals(values.filter((value) => typeof value === "string"));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
