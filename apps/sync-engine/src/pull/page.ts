import {
  ENTITIES,
  canonicalJson,
  keyOf,
  recordHash,
  uuidv7,
  validateRecord,
  type EntityName,
  type FieldError,
  type Json,
  type JsonObject,
} from "@dovetail/domain";
import type { Raw } from "@dovetail/adapter-sdk";
import type { InboundResult, Ref } from "@dovetail/mapping";
import { PROBLEM_CODES, ProblemError, type ProblemCode, type ProblemDocument } from "@dovetail/contracts";

/** Why a row waits. Parked rows are released by themselves, except KEY_CHANGED, DUPLICATE_KEY and DELETED: those need a person. */
export type ParkReason =
  "UNKNOWN_PARENT" | "IN_FLIGHT" | "INCOMPLETE" | "DUPLICATE_KEY" | "KEY_CHANGED" | "DELETED" | "MERGE";

/** A row that is not merged, as it goes to the dead letters. */
export interface Letter {
  id: string;
  kind: "REJECTED" | "PARKED" | "CONFLICT";
  key: string | null;
  externalId: string;
  /** The version that the ERP showed; null: it cannot be kept, or nothing was shown. */
  erpVersion: string | null;
  reason: string;
  waitingEntity: number | null;
  waitingId: string | null;
  problem: ProblemDocument | null;
  payload: Json;
}

/** A row ready to merge. */
export interface PreparedRow {
  key: string;
  externalId: string;
  erpVersion: string | null;
  /** When the ERP says that it changed the row, by our clock (RFC 3339); absent: it does not say, or no field asks. */
  modifiedAt?: string;
  /** Canonical JSON. */
  doc: string;
  /** Hex sha256 of `doc`. */
  hash: string;
}

/** A page ready for the one call: rows in key order without repeats, and what is left out with its reason. */
export interface PreparedPage {
  rows: PreparedRow[];
  letters: Letter[];
  /** Rows that repeated another of the page with the same content: counted as unchanged. */
  repeats: number;
}

/** Finds the business keys behind external ids; a missing one is not in the answer. */
export type ResolveKeys = (
  entity: EntityName,
  externalIds: ReadonlySet<string>,
) => Promise<ReadonlyMap<string, string>>;

/** How the source row of a letter is kept: sealed, since it may hold anything. */
export type SealPayload = (payload: Json) => Json;

/** Half of a surrogate pair, NUL and line ends: they break jsonb, text, or a page's newline-joined columns. */
const UNSAFE = /[\n\r\u0000]|\p{Surrogate}/u;
const UNSAFE_ALL = new RegExp(UNSAFE.source, "gu");
/** As many characters of an external id fit an index row, whatever their encoding. */
const ID_LENGTH = 500;

/**
 * Turns mapped rows into a page: references to keys, validation, business key, canonical JSON, hash, repeats out.
 * A bad row becomes a letter; nothing here throws for one.
 */
export async function preparePage(
  entity: EntityName,
  raws: readonly Raw[],
  mapped: readonly InboundResult[],
  resolve: ResolveKeys,
  seal: SealPayload,
): Promise<PreparedPage> {
  const known = await resolveReferences(mapped, resolve);
  const page: PreparedPage = { rows: [], letters: [], repeats: 0 };
  const byKey = new Map<string, PreparedRow>();
  const byExternalId = new Set<string>();
  const claimants: Claimant[] = [];
  for (let i = 0; i < raws.length; i++) {
    const raw = raws[i] as Raw;
    const outcome = prepareRow(entity, raw, mapped[i] as InboundResult, known, seal);
    if ("kind" in outcome) {
      page.letters.push(outcome);
      continue;
    }
    const twin = byKey.get(outcome.key);
    if (twin?.hash === outcome.hash && twin.externalId === outcome.externalId) page.repeats++;
    else if (byExternalId.has(outcome.externalId)) page.letters.push(repeated(raw, outcome.key, seal));
    else if (twin) claimants.push({ raw, row: outcome });
    else {
      byKey.set(outcome.key, outcome);
      byExternalId.add(outcome.externalId);
      page.rows.push(outcome);
    }
  }
  if (claimants.length > 0) {
    const linked = await resolve(entity, new Set([...byExternalId, ...claimants.map(({ row }) => row.externalId)]));
    page.letters.push(...settleClaims(page, claimants, { raws, linked, seal }));
  }
  // one order for every writer: pages and single changes never wait for each other in a circle
  page.rows.sort((a, b) => (a.key < b.key ? -1 : 1));
  page.letters = withoutRepeatedLetters(page);
  return page;
}

/** A row whose key another row of the page has as well, under another external id. */
interface Claimant {
  raw: Raw;
  row: PreparedRow;
}

/** Of several rows with one key the linked one is it, and the others wait for a person; where none is yet, the first. */
function settleClaims(
  page: PreparedPage,
  claimants: readonly Claimant[],
  { raws, linked, seal }: { raws: readonly Raw[]; linked: ReadonlyMap<string, string>; seal: SealPayload },
): Letter[] {
  return claimants.map(({ raw, row }) => {
    const at = page.rows.findIndex(({ key }) => key === row.key);
    const holder = page.rows[at] as PreparedRow;
    const holds = linked.get(holder.externalId) === row.key;
    const isElsewhere = page.rows.some(({ externalId }) => externalId === row.externalId);
    const wins = !holds && !isElsewhere && linked.get(row.externalId) === row.key;
    if (!holds && !wins) return repeated(raw, row.key, seal);
    if (wins) page.rows[at] = row;
    const [kept, left] = wins ? [row, holder] : [holder, row];
    const source = wins ? raws.find(({ externalId }) => externalId === holder.externalId) : raw;
    const detail = `${row.key} belongs to ${kept.externalId}; ${left.externalId} claims the same key`;
    const { problem } = new ProblemError("CONFLICT", detail);
    return { ...parked(source ?? raw, "DUPLICATE_KEY", null, seal, row.key), problem };
  });
}

/** Every reference of the page to its key, one look-up per entity. */
async function resolveReferences(
  mapped: readonly InboundResult[],
  resolve: ResolveKeys,
): Promise<Map<EntityName, ReadonlyMap<string, string>>> {
  const wanted = new Map<EntityName, Set<string>>();
  for (const { refs } of mapped)
    for (const ref of refs) {
      const ids = wanted.get(ref.entity) ?? new Set<string>();
      wanted.set(ref.entity, ids.add(ref.externalId));
    }
  const known = new Map<EntityName, ReadonlyMap<string, string>>();
  for (const [entity, ids] of wanted) known.set(entity, await resolve(entity, ids));
  return known;
}

function prepareRow(
  entity: EntityName,
  raw: Raw,
  { record, refs, errors }: InboundResult,
  known: ReadonlyMap<EntityName, ReadonlyMap<string, string>>,
  seal: SealPayload,
): PreparedRow | Letter {
  // What the adapter says of a row tells more than what such a row lacks.
  if (raw.problem !== undefined) {
    const error = { field: "", rule: "source", value: null, code: "ERP008", message: raw.problem };
    return rejected(raw, null, [error], seal);
  }
  if (!isStorableId(raw.externalId)) {
    const rule = raw.externalId.length > ID_LENGTH ? "maxLength" : "pattern";
    const error = { field: "externalId", rule, value: storable(raw.externalId).slice(0, 200), code: "ERP008" };
    return rejected(raw, null, [error], seal);
  }
  if (raw.childrenComplete === false) return parked(raw, "INCOMPLETE", null, seal);
  if (errors.length > 0) return rejected(raw, keyText(entity, record), errors, seal);
  for (const ref of refs) {
    const key = known.get(ref.entity)?.get(ref.externalId);
    if (key === undefined) return parked(raw, "UNKNOWN_PARENT", ref, seal);
    ref.holder[ref.field] = key;
  }
  const invalid = validateRecord(entity, record);
  if (invalid.length > 0) return rejected(raw, keyText(entity, record), invalid, seal);
  const doc = canonicalJson(entity, record);
  return {
    key: keyOf(entity, record),
    externalId: raw.externalId,
    erpVersion: versionOf(raw),
    ...(raw.modifiedAt === undefined ? {} : { modifiedAt: raw.modifiedAt }),
    doc,
    hash: recordHash(doc),
  };
}

/** A version that cannot be kept as it is would never match again. */
function versionOf({ version }: Raw): string | null {
  return version === undefined || UNSAFE.test(version) ? null : version;
}

/** Whether an external id can be kept as it is. */
export function isStorableId(externalId: string): boolean {
  return externalId !== "" && externalId.length <= ID_LENGTH && !UNSAFE.test(externalId);
}

function storable(text: string): string {
  return text.replace(UNSAFE_ALL, "\ufffd");
}

function keyText(entity: EntityName, record: JsonObject): string | null {
  try {
    return keyOf(entity, record);
  } catch {
    return null;
  }
}

function letter(raw: Raw, part: Pick<Letter, "kind" | "reason"> & Partial<Letter>, seal: SealPayload): Letter {
  return {
    id: uuidv7(),
    key: null,
    externalId: storable(raw.externalId).slice(0, ID_LENGTH),
    erpVersion: versionOf(raw),
    waitingEntity: null,
    waitingId: null,
    problem: null,
    payload: seal(raw as unknown as Json),
    ...part,
  };
}

/** A row that will not be applied until it changes at the source or a person acts. */
export function rejected(raw: Raw, key: string | null, errors: readonly FieldError[], seal: SealPayload): Letter {
  const code = errors[0]?.code ?? "ERP008";
  const problem = problemOf(code, errors);
  return letter(raw, { kind: "REJECTED", reason: code, key, problem }, seal);
}

/** A row that waits; `ref` names the parent it waits for. */
export function parked(
  raw: Raw,
  reason: ParkReason,
  ref: Ref | null,
  seal: SealPayload,
  key: string | null = null,
): Letter {
  const waiting = ref && { waitingEntity: ENTITIES[ref.entity].code, waitingId: ref.externalId };
  return letter(raw, { kind: "PARKED", reason, key, ...waiting }, seal);
}

/** A row of which the ERP says that it is gone, and which stays here. It is settled when the row is seen again. */
export function goneLetter(externalId: string, key: string, why: string): Letter {
  const problem = new ProblemError("CONFLICT", `the ERP says that ${externalId} is gone; ${key} stays: ${why}`, {
    resolution:
      "Retry the entry to have the record deleted here or, where it is not this system's to delete, made there anew; or discard it.",
  }).problem;
  const waiting = { waitingEntity: null, waitingId: null };
  const row = { key, externalId, erpVersion: null };
  return { id: uuidv7(), kind: "PARKED", reason: "DELETED", ...row, ...waiting, problem, payload: {} };
}

function repeated(raw: Raw, key: string, seal: SealPayload): Letter {
  const error = { field: "key", rule: "duplicateKey", value: key, code: "ERP008" };
  return rejected(raw, key, [error], seal);
}

function problemOf(code: string, errors: readonly FieldError[]): ProblemDocument {
  const known = code in PROBLEM_CODES ? (code as ProblemCode) : "ERP008";
  const first = errors[0];
  const place = first?.field ? `${first.field}: ` : "";
  const detail = first ? `${place}${first.message ?? first.rule}` : "the row is not valid";
  return new ProblemError(known, detail, { errors: [...errors] }).problem;
}

/** One letter per source row: the last one says how it stands; a row that is merged needs none. */
function withoutRepeatedLetters(page: PreparedPage): Letter[] {
  const last = new Map<string, Letter>();
  for (const entry of page.letters) {
    if (last.has(entry.externalId)) page.repeats++;
    last.set(entry.externalId, entry);
  }
  return [...last.values()];
}
