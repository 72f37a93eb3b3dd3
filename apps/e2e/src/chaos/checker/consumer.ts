import type { CloudEvent } from "@dovetail/contracts";
import type { Json } from "@dovetail/domain";
import { sameValue } from "./values";
import { feedEntry, nameOf, type Subject, type View } from "./view";
import type { Violation } from "./violation";

/**
 * Who follows the feed and hears the bus holds what the records are: no ordinal twice, none left out, versions rise one by one,
 * and nothing is heard that the feed does not tell.
 */
export function consumer(view: View): Violation[] {
  const { feed, events, baselines } = view.history.consumer;
  const loaded = new Map(
    baselines.flatMap(({ entity, records }) =>
      records.map(({ key, version }) => [nameOf(entity, key), version] as const),
    ),
  );
  return [
    ...inOrder(feed),
    ...complete(feed),
    ...[...view.subjects.values()].flatMap((subject) => gapless(subject, loaded.get(subject.name))),
    ...heard(feed, events),
    ...holds(view),
  ];
}

function wrong(what: string, evidence: Json): Violation {
  return { law: "consumer", what, evidence };
}

function inOrder(feed: readonly CloudEvent[]): Violation[] {
  return feed.flatMap(({ position, ordinal, id }, n) => {
    const before = feed[n - 1];
    if (!before || before.position < position || (before.position === position && before.ordinal < ordinal)) return [];
    const evidence = { id, at: [position, ordinal], before: [before.position, before.ordinal] };
    return [wrong("the feed told an ordinal twice or went back", evidence)];
  });
}

/** A position's ordinals are all there. */
function complete(feed: readonly CloudEvent[]): Violation[] {
  const counts = new Map<number, { of: number; ordinals: Set<number> }>();
  for (const { position, of, ordinal } of feed) {
    const count = counts.get(position) ?? { of, ordinals: new Set<number>() };
    counts.set(position, { of, ordinals: count.ordinals.add(ordinal) });
  }
  return [...counts]
    .filter(([, { of, ordinals }]) => ordinals.size !== of)
    .map(([position, { of, ordinals }]) => wrong("the feed left ordinals out", { position, of, told: ordinals.size }));
}

/** A first load is not told one by one: its versions are known by what was read at the baseline. */
function gapless({ name, feed, record }: Subject, loaded: number | undefined): Violation[] {
  const versions = feed.map(({ version }) => version);
  const [first] = versions;
  if (first === undefined) {
    const held = record === undefined || record.version === loaded || (loaded === undefined && record.deleted);
    return held ? [] : [wrong(`${name}: the feed never told it`, { version: record.version, loaded: loaded ?? null })];
  }
  // what was read at a baseline may be newer than the baseline: then the feed tells it again
  if (first > (loaded ?? 0) + 1)
    return [wrong(`${name}: the feed leaves versions out`, { loaded: loaded ?? null, first })];
  const gap = versions.findIndex((version, n) => n > 0 && version > (versions[n - 1] ?? 0) + 1);
  if (gap > 0) return [wrong(`${name}: the feed leaves versions out`, versions.slice(gap - 1, gap + 1))];
  const last = versions.at(-1) ?? 0;
  return record && last < record.version
    ? [wrong(`${name}: the feed ends too early`, { last, record: record.version })]
    : [];
}

/** What was heard stands in the feed at the same place; one version is not told at two places. */
function heard(feed: readonly CloudEvent[], events: readonly CloudEvent[]): Violation[] {
  const told = new Map(feed.map((event) => [place(event), event]));
  const strange = events.filter((event) => {
    const same = told.get(place(event));
    return !same || same.id !== event.id || !sameSubject(same, event);
  });
  const places = new Map<string, string>();
  const twice = [...feed, ...events].flatMap((event) => {
    const [entry] = feedEntry(event);
    if (!entry) return [];
    const version = `${nameOf(entry.entity, entry.key)} ${entry.version}`;
    const before = places.get(version) ?? place(event);
    places.set(version, before);
    return before === place(event) ? [] : [wrong(`${version} was told at two places`, [before, place(event)])];
  });
  return [
    ...strange.map((event) => wrong("what was heard is not in the feed", { id: event.id, at: place(event) })),
    ...twice,
  ];
}

function place({ position, ordinal }: CloudEvent): string {
  return `${position}.${ordinal}`;
}

function sameSubject(a: CloudEvent, b: CloudEvent): boolean {
  const [one] = feedEntry(a);
  const [other] = feedEntry(b);
  return one?.key === other?.key && one?.version === other?.version && one?.entity === other?.entity;
}

/** What the consumer holds in the end. */
function holds({ history, subjects }: View): Violation[] {
  const held = new Map(history.consumer.held.map((one) => [nameOf(one.entity, one.key), one]));
  const strange = [...held.keys()].filter((name) => subjects.get(name)?.record === undefined);
  const other = [...subjects.values()].flatMap(({ name, record }) => {
    if (!record) return [];
    const mine = held.get(name);
    const gone = record.deleted && (mine === undefined || mine.record === null);
    const same = mine?.version === record.version && sameValue(mine.record, record.deleted ? null : record.record);
    if (same || (gone && (mine?.version ?? record.version) === record.version)) return [];
    const evidence = { held: mine?.version ?? null, record: record.version };
    return [wrong(`${name}: the consumer holds something else than the record`, evidence)];
  });
  return [...strange.map((name) => wrong(`${name}: the consumer holds what is no record`, {})), ...other];
}
