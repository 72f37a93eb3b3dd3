import type { Json, JsonObject } from "@dovetail/domain";
import type { Raw } from "@dovetail/adapter-sdk";
import { openReader } from "../format/reader";
import type { FileRecord } from "../format/record";
import { keyOfXml } from "../format/xml-key";
import { gone } from "../gone";
import type { FileSession } from "../session";
import type { FileSet } from "../sets";
import type { Bucket } from "./bucket";
import { Buckets } from "./buckets";
import type { Delivery } from "./delivery";
import { joinedKey, Lines, linesOf } from "./lines";

/** Behind which row a read goes on: its number in the delivery, and for plain files where the next begins. */
export interface Position {
  row: number;
  at?: number;
  /** The bucket of a joined delivery that the row number counts in. */
  bucket?: number;
}

/** A row and the position behind it. */
export interface Placed {
  raw: Raw;
  position: Position;
}

/** Lines of more bytes than this are joined on disk. */
const JOIN_IN_MEMORY = 16 * 1024 * 1024;
const BUCKET_BYTES = 256 * 1024;
const MAX_BUCKETS = 2048;
const ROWS_AT_ONCE = 64;

/** The rows of a delivery in an order that every reader of it finds again. */
export function rowsOf(
  session: FileSession,
  set: FileSet,
  delivery: Delivery,
  from: Position,
): AsyncGenerator<Placed[]> {
  const bytes = delivery.children.reduce((sum, { size }) => sum + size, 0);
  if (set.children.length === 0) return plain(session, set, delivery, from);
  return bytes <= JOIN_IN_MEMORY
    ? joined(session, set, delivery, from)
    : joinedOnDisk(session, set, delivery, from, bytes);
}

async function* heads(
  session: FileSession,
  set: FileSet,
  delivery: Delivery,
  at?: number,
): AsyncGenerator<FileRecord[]> {
  const reader = await openReader(session.files, delivery.head.path, set.layout, set.key);
  yield* reader.records(at);
}

async function* plain(
  session: FileSession,
  set: FileSet,
  delivery: Delivery,
  from: Position,
): AsyncGenerator<Placed[]> {
  let { row } = from;
  for await (const records of heads(session, set, delivery, from.at))
    yield records.map((record) => ({
      raw: toRaw(set, delivery.head.name, record),
      position: { row: ++row, at: record.end },
    }));
}

async function* joined(
  session: FileSession,
  set: FileSet,
  delivery: Delivery,
  from: Position,
): AsyncGenerator<Placed[]> {
  const lines = new Lines(set.children.map(({ as }) => as));
  for await (const batch of linesOf(session, set, delivery))
    for (const { member, key, line } of batch) lines.add(member, key, line);
  let row = 0;
  const place = (raw: Raw): Placed => ({ raw, position: { row: ++row } });
  const later = (placed: Placed[]) => placed.filter(({ position }) => position.row > from.row);
  const whole = (record: FileRecord) => {
    const raw = toRaw(set, delivery.head.name, record);
    lines.join(joinedKey(record.values, set.key), raw.body as JsonObject);
    return raw;
  };
  for await (const records of heads(session, set, delivery)) yield later(records.map((record) => place(whole(record))));
  yield later(lines.orphans().map((key) => place(orphan(delivery, key))));
}

async function* joinedOnDisk(
  session: FileSession,
  set: FileSet,
  delivery: Delivery,
  from: Position,
  bytes: number,
): AsyncGenerator<Placed[]> {
  const buckets = await Buckets.create(Math.min(MAX_BUCKETS, Math.ceil(bytes / BUCKET_BYTES)));
  try {
    for await (const batch of linesOf(session, set, delivery))
      for (const { member, key, line } of batch) {
        const writing = buckets.addLine(member, key, line);
        if (writing) await writing;
      }
    for await (const records of heads(session, set, delivery))
      for (const record of records) {
        const writing = buckets.addDocument({ ...record, key: joinedKey(record.values, set.key) });
        if (writing) await writing;
      }
    await buckets.flush();
    for (let bucket = from.bucket ?? 0; bucket < buckets.count; bucket++) {
      gone(session.signal);
      const skip = bucket === from.bucket ? from.row : 0;
      yield* bucketRows(set, delivery, await buckets.open(bucket), { bucket, row: skip });
    }
  } finally {
    await buckets.close();
  }
}

/** The rows of a bucket behind a position; several at once, for a step of each costs more than the joining. */
function* bucketRows(set: FileSet, delivery: Delivery, held: Bucket, from: Position): Generator<Placed[]> {
  const { bucket = 0 } = from;
  const members = set.children.map(({ as }) => as);
  let row = 0;
  let placed: Placed[] = [];
  for (const kept of held.documents()) {
    // Also one that was read before has its lines taken, or they would look like nobody's.
    const raw = toRaw(set, delivery.head.name, { ...kept, end: 0 });
    held.join(kept.key, raw.body as JsonObject, members);
    if (++row > from.row) placed.push({ raw, position: { row, bucket } });
    if (placed.length < ROWS_AT_ONCE) continue;
    yield placed;
    placed = [];
  }
  for (const key of held.orphans())
    if (++row > from.row) placed.push({ raw: orphan(delivery, key), position: { row, bucket } });
  yield placed;
}

/** Lines whose document is in no row: they are shown as a row with a problem, or they would be lost in silence. */
function orphan(delivery: Delivery, key: string): Raw {
  const problem = `${delivery.children.map(({ name }) => name).join(", ")} has lines of ${key}, ${delivery.head.name} does not have the document`;
  return { externalId: key, body: {}, problem };
}

/** A record of a file as a row; one without a key is named by its place. */
export function toRaw(set: FileSet, file: string, record: FileRecord): Raw {
  const { id, problem } = identify(set, record);
  const modifiedAt = set.watermark === undefined ? undefined : timeOf(record.values[set.watermark], set.zone);
  return {
    externalId: id === "" ? `${file}@${record.end}` : id,
    ...(modifiedAt === undefined ? {} : { modifiedAt }),
    childrenComplete: true,
    body: record.xml === undefined ? record.values : { xml: record.xml },
    ...(problem === undefined ? {} : { problem: `${file}: ${problem}` }),
  };
}

function identify(set: FileSet, record: FileRecord): { id: string; problem: string | undefined } {
  if (record.xml !== undefined) {
    const { values, missing, broken } = keyOfXml(record.xml, set.key);
    if (broken !== undefined) return { id: "", problem: `the record is no XML: ${broken}` };
    return missing.length === 0
      ? { id: values.join("|"), problem: undefined }
      : { id: "", problem: `there is no ${missing.join(", ")}` };
  }
  const id = joinedKey(record.values, set.key);
  const missing = set.key.filter((name) => record.values[name] == null || record.values[name] === "");
  if (record.problem !== undefined) return { id: missing.length > 0 ? "" : id, problem: record.problem };
  return missing.length > 0
    ? { id: "", problem: `the key column ${missing.join(", ")} is empty` }
    : { id, problem: undefined };
}

/** ISO 8601 with a zone of what a column says; undefined for anything that is no full time. */
function timeOf(value: Json | undefined, zone: string): string | undefined {
  if (typeof value !== "string") return undefined;
  const parts = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?)\s*(Z|[+-]\d\d:\d\d)?$/.exec(value.trim());
  if (!parts) return undefined;
  const time = `${parts[1]}T${parts[2]}${parts[3] ?? zone}`;
  return Number.isNaN(Date.parse(time)) ? undefined : time;
}
