import type { EntityName, JsonObject } from "@dovetail/domain";
import {
  type Adapter,
  AdapterError,
  type AdapterErrorDetails,
  type EntityPort,
  type LookupQuery,
  type Page,
  type PullQuery,
  type PushRequest,
  type PushResult,
  type Raw,
  type WriteClass,
} from "@dovetail/adapter-sdk";

/** The memory adapter with one fault, and the rule that must notice. */
export interface Mutant {
  rule: string;
  fault: string;
  writeClass?: WriteClass;
  mutate(adapter: Adapter): Adapter;
}

type Port = EntityPort<unknown>;

/** Changes every entity's port. */
export const ports =
  (change: (port: Port, entity: EntityName) => Partial<Port>) =>
  (adapter: Adapter): Adapter => {
    const entities = Object.entries(adapter.entities) as [EntityName, Port][];
    const changed = entities.map(([entity, port]) => [entity, { ...port, ...change(port, entity) }]);
    return { ...adapter, entities: Object.fromEntries(changed) };
  };

export type Pull = (session: unknown, query: PullQuery) => AsyncIterable<Page>;

/** Puts another pull in front of every entity's own. */
export const pulls = (make: (own: Pull) => Pull) => ports(({ pull }) => (pull ? { pull: make(pull) } : {}));

/** Changes every page on its way out. */
export const pages = (change: (page: Page, index: number, query: PullQuery) => Page) =>
  pulls(
    (own) =>
      async function* (session, query) {
        let index = 0;
        for await (const page of own(session, query)) yield change(page, index++, query);
      },
  );

export const rows = (change: (row: Raw) => Raw) => pages((page) => ({ ...page, rows: page.rows.map(change) }));

/** Changes the query on its way in. */
export const queries = (change: (query: PullQuery) => PullQuery) =>
  pulls((own) => (session, query) => own(session, change(query)));

type Lookup = (session: unknown, by: LookupQuery) => Promise<Raw[]>;

export const lookups = (make: (own: Lookup) => Lookup) =>
  ports(({ lookup }) => (lookup ? { lookup: make(lookup) } : {}));

type Send = (session: unknown, request: PushRequest) => Promise<PushResult>;

export const sends = (make: (own: Send) => Send) =>
  ports(({ push }) => (push ? { push: { ...push, send: make(push.send) } } : {}));

/** The same error with other details. */
export function altered(error: unknown, change: Partial<AdapterErrorDetails>, message?: string): unknown {
  if (!(error instanceof AdapterError)) return error;
  const { category, code, sent, retryAfterMs } = error;
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new AdapterError(message ?? error.message, { category, code, sent, ...wait, ...change });
}

async function rethrow<T>(call: Promise<T>, change: (error: unknown) => unknown): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw change(error);
  }
}

export const pullErrors = (change: (error: unknown) => unknown) =>
  pulls(
    (own) =>
      async function* (session, query) {
        try {
          yield* own(session, query);
        } catch (error) {
          throw change(error);
        }
      },
  );

export const sendErrors = (change: (error: unknown) => unknown) =>
  sends((own) => (session, request) => rethrow(own(session, request), change));

export const testErrors =
  (change: (error: unknown) => unknown) =>
  (adapter: Adapter): Adapter => ({ ...adapter, test: (session) => rethrow(adapter.test(session), change) });

export function confirmed(externalId: string): PushResult {
  return { done: "confirmed", externalId };
}

export function clone(body: Raw["body"]): JsonObject {
  return structuredClone(body) as JsonObject;
}
