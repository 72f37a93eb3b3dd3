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
    ...(stamps ? { stamps: (session, from) => gatedPages(() => stamps(session, from), gate) } : {}),
  };
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
