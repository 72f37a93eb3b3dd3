import type { CloudEvent, DeadLetter, RecordView } from "@dovetail/contracts";
import type { EntityName, JsonObject } from "@dovetail/domain";
import type { ErpEntity, ErpHistory, History, Operation } from "../history";

/** One record event of the feed. */
export interface FeedEntry {
  id: string;
  position: number;
  ordinal: number;
  of: number;
  entity: EntityName;
  key: string;
  version: number;
  deleted: boolean;
  /** Absent where a later version had passed it over. */
  record: JsonObject | undefined;
}

/** One ERP that has to do with an entity. */
export interface Party {
  erp: ErpHistory;
  integration: string;
  settings: ErpEntity;
}

/** All that there is about one record, from everywhere. */
export interface Subject {
  entity: EntityName;
  key: string;
  name: string;
  record: RecordView | undefined;
  operations: Operation[];
  letters: DeadLetter[];
  feed: FeedEntry[];
}

/** A history, arranged by records. */
export interface View {
  history: History;
  subjects: ReadonlyMap<string, Subject>;
}

export function nameOf(entity: string, key: string): string {
  return `${entity} ${key}`;
}

export function viewOf(history: History): View {
  const subjects = new Map<string, Subject>();
  const subject = (entity: EntityName, key: string): Subject => {
    const name = nameOf(entity, key);
    const none = { entity, key, name, record: undefined, operations: [], letters: [], feed: [] };
    const found = subjects.get(name) ?? none;
    subjects.set(name, found);
    return found;
  };
  for (const record of history.api.records) subject(record.entityType, record.key).record = record;
  for (const operation of history.operations) subject(operation.entity, operation.key).operations.push(operation);
  for (const entry of history.consumer.feed.flatMap(feedEntry)) subject(entry.entity, entry.key).feed.push(entry);
  for (const letter of history.api.deadLetters) {
    const key = keyOfLetter(history, letter);
    if (letter.entityType !== null && key !== null) subject(letter.entityType, key).letters.push(letter);
  }
  for (const { final } of history.erps) for (const { entity, key } of final) subject(entity, key);
  return { history, subjects };
}

/** A rejected row need not have shown its key: then its external id tells. */
export function keyOfLetter(history: History, letter: DeadLetter): string | null {
  if (letter.key !== null) return letter.key;
  const erp = history.erps.find(({ integration }) => integration === letter.integration);
  const documents = [...(erp?.final ?? []), ...(erp?.journal ?? [])];
  const found = documents.find((one) => one.entity === letter.entityType && one.externalId === letter.externalId);
  return found?.key ?? null;
}

/** A record event; none for a baseline. */
export function feedEntry({ id, type, position, ordinal, of, data }: CloudEvent): FeedEntry[] {
  if (type.endsWith(".baseline")) return [];
  const { entityType, key, version, record } = data as {
    entityType: EntityName;
    key: string;
    version: number;
    record?: JsonObject;
  };
  const deleted = type.endsWith(".deleted");
  return [{ id, position, ordinal, of, entity: entityType, key, version, deleted, record }];
}

/** The ERPs that have to do with an entity. */
export function partiesOf({ history }: View, entity: EntityName): Party[] {
  return history.erps.flatMap((erp) => {
    const settings = erp.entities[entity];
    return settings ? [{ erp, integration: erp.integration, settings }] : [];
  });
}

/** What is open in the list of this record and this ERP excuses them from agreeing; whether it is there rightly is a law of its own. */
export function isListed({ letters }: Subject, integration: string): boolean {
  return letters.some((letter) => letter.integration === integration);
}

export function isAlive({ record }: Subject): boolean {
  return record !== undefined && !record.deleted;
}
