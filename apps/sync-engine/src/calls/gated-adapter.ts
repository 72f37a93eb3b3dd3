import type { Adapter, EntityPort, Page } from "@dovetail/adapter-sdk";
import type { EntityName } from "@dovetail/domain";
import type { Gate } from "./call-gate";

/** The adapter with every call of its port passing the gate: no caller has to think of it. */
export function gatedAdapter(adapter: Adapter, gate: Gate): Adapter {
  const { describe } = adapter;
  const entities = Object.entries(adapter.entities).map(([entity, port]) => [entity, gatedPort(port, gate)] as const);
  return {
    ...adapter,
    test: (session) => gate.call(() => adapter.test(session)),
    ...(describe ? { describe: (session, entity) => gate.call(() => describe(session, entity)) } : {}),
    entities: Object.fromEntries(entities) as Partial<Record<EntityName, EntityPort<unknown>>>,
  };
}

/** Stamps listed under one slot. */
const SLICE = 1_000;

function gatedPort(port: EntityPort<unknown>, gate: Gate): EntityPort<unknown> {
  const { pull, push, lookup, stamps } = port;
  const poll = push?.poll;
  return {
    ...port,
    ...(pull ? { pull: (session, query) => gatedPages<Page>(() => pull(session, query), gate) } : {}),
    ...(push
      ? {
          push: {
            ...push,
            send: (session, request) => gate.call(() => push.send(session, request)),
            ...(poll ? { poll: (session, handle) => gate.call(() => poll(session, handle)) } : {}),
          },
        }
      : {}),
    ...(lookup ? { lookup: (session, by) => gate.call(() => lookup(session, by)) } : {}),
    ...(stamps ? { stamps: (session, from) => gatedRows(() => stamps(session, from), gate) } : {}),
  };
}

/** Rows that are listed one by one come by the slice under one slot: a slot for each would be a call for each. */
async function* gatedRows<T>(open: () => AsyncIterable<T>, gate: Gate): AsyncGenerator<T> {
  const rows = open()[Symbol.asyncIterator]();
  const take = async () => {
    const slice: T[] = [];
    for (let next = await rows.next(); !next.done; next = await rows.next()) {
      slice.push(next.value);
      if (slice.length === SLICE) return { slice, more: true };
    }
    return { slice, more: false };
  };
  try {
    for (let more = true; more;) {
      const taken = await gate.call(take);
      yield* taken.slice;
      more = taken.more;
    }
  } finally {
    await rows.return?.();
  }
}

/** Each page is a call of its own. */
function gatedPages<T>(open: () => AsyncIterable<T>, gate: Gate): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const pages = open()[Symbol.asyncIterator]();
      return {
        next: () => gate.call(() => pages.next()),
        return: async (value?: unknown) => (await pages.return?.(value as never)) ?? { done: true, value: undefined },
      };
    },
  };
}
