import type { Mutant } from "./mutant";

const MERGE = "apps/sync-engine/migrations/0002-page-merge.sql";

/** Mutants of what is promised about reading ERPs. */
export const PULLING: readonly Mutant[] = [
  {
    name: "no-cursor-compare",
    breaks: "A page is stored whether or not another worker has gone on meanwhile.",
    laws: ["final-value", "sides-agree", "no-way-back", "re-read", "balance"],
    patches: [
      {
        file: MERGE,
        find: "if not found then raise exception 'cursor moved' using errcode = 'DV001'; end if;",
        replace: "",
      },
    ],
    schedule: {
      strikes: ["page-behind-lease"],
      strikeEveryMs: 200,
      writeEveryMs: 150,
      hotKeys: 1,
      creations: 1,
    },
  },
  {
    name: "no-in-flight-park",
    breaks: "A row that was read before a push of its record is merged after it.",
    laws: ["final-value", "no-way-back", "answered"],
    patches: [
      {
        file: MERGE,
        find: "and not r.deleted and not r.push_open and r.push_io <= p_io",
        replace: "and not r.deleted",
      },
      {
        file: "apps/sync-engine/src/pull/read-rules.ts",
        find: "return link !== undefined && (link.push_open || link.push_io > io);",
        replace: "return link === undefined && io < 0;",
      },
    ],
    schedule: { strikes: ["stale-page"], strikeEveryMs: 500, writeEveryMs: 100, hotKeys: 3 },
  },
  {
    name: "no-three-way",
    breaks: "Where a row differs from ours it stands, whichever side changed.",
    laws: ["final-value", "no-way-back"],
    patches: [
      {
        file: "libs/domain/src/three-way-merge.ts",
        find: `  private field(compared: ComparedField, shadow: Value, record: Value, read: Value): Value {
    const { field, same } = compared;
    if (same(shadow, read) || same(record, read)) return record;
    if (same(shadow, record)) return read;`,
        replace: `  private field(compared: ComparedField, shadow: Value, record: Value, read: Value): Value {
    const { field, same } = compared;
    if (same(record, read)) return record;
    if (field.type !== "list") return read;
    if (same(shadow, record)) return read;`,
      },
    ],
    schedule: { strikes: ["status-503", "status-500"], strikeEveryMs: 200, writeEveryMs: 100, hotKeys: 3 },
  },
  {
    name: "echo-not-suppressed",
    breaks: "Every row that is read counts as a change.",
    laws: ["re-read", "quiet"],
    patches: [
      {
        file: MERGE,
        find: "d as (select * from s where hash is distinct from old),",
        replace: "d as (select * from s),",
      },
      {
        file: MERGE,
        find: "s(key, external_id, hash)\n    where s.hash::bytea is distinct from",
        replace: "s(key, external_id, hash)\n    where true or s.hash::bytea is distinct from",
      },
    ],
    schedule: { strikes: [] },
  },
  {
    name: "no-look-back",
    breaks: "Reading goes on from the highest stamp seen: what is committed late is never read.",
    laws: ["final-value", "sides-agree", "re-read"],
    patches: [
      {
        file: "apps/sync-engine/src/pull/pull.service.ts",
        find: "lookbackSeconds: settings?.lookbackSeconds ?? 300,",
        replace: "lookbackSeconds: 0,",
      },
    ],
    schedule: { strikes: ["late-commit"], strikeEveryMs: 500 },
  },
  {
    name: "delete-on-unseen",
    breaks: "What a full run does not show is deleted without a look.",
    laws: ["unasked", "sides-agree", "final-value"],
    patches: [
      {
        file: "apps/sync-engine/src/pull/gone-rows.ts",
        find: 'return (await lookup(handle, { externalId: id })).length > 0 ? "there" : { absentIn: adapter.system };',
        replace: "return { absentIn: adapter.system };",
      },
    ],
    schedule: { strikes: ["row-left-out"], strikeEveryMs: 300, pulls: "full" },
  },
];
