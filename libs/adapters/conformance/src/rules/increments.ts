import { isIncremental, readAlone, readUntilSeen } from "./reading";
import { type EntityRule, must, wait } from "./rule";

const unchangeable: EntityRule["unless"] = (harness) => (harness.mutate ? undefined : "rows cannot be changed");

const findsChanges: EntityRule = {
  name: "an incremental pull finds what was added and changed since",
  applies: isIncremental,
  unless: unchangeable,
  check: async (harness, entity) => {
    const seeded = await harness.seed(entity, 6);
    const { cursor } = await readAlone(harness, entity, { pageSize: 4 });
    await wait(harness, 1100);
    const changed = [seeded[0] ?? "", seeded[4] ?? ""];
    for (const id of changed) await harness.mutate?.(entity, id);
    const added = await harness.seed(entity, 3);
    const missing = await readUntilSeen(harness, entity, [...changed, ...added], { cursor, pageSize: 2 });
    must(missing.length === 0, `rows ${missing.join(", ")} changed and were not shown`);
  },
};

const onlyChanges: EntityRule = {
  name: "an incremental pull leaves out what did not change",
  applies: isIncremental,
  unless: unchangeable,
  check: async (harness, entity) => {
    const seeded = await harness.seed(entity, 6);
    await wait(harness, 2100);
    const full = await readAlone(harness, entity);
    // The first increment may repeat what stood at the edge of the full run.
    await wait(harness, 2100);
    const first = await readAlone(harness, entity, { mode: "incremental", cursor: full.cursor });
    await wait(harness, 2100);
    const [changed = "", ...others] = seeded;
    await harness.mutate?.(entity, changed);
    await wait(harness, 1100);
    const { ids } = await readAlone(harness, entity, { mode: "incremental", cursor: first.cursor });
    const idle = others.filter((id) => ids.has(id));
    must(idle.length === 0, `rows ${idle.join(", ")} did not change and were read again`);
  },
};

const underChange: EntityRule = {
  name: "rows that change during an incremental pull are shown by it or the next",
  applies: isIncremental,
  unless: unchangeable,
  check: async (harness, entity) => {
    const seeded = await harness.seed(entity, 8);
    const { cursor } = await readAlone(harness, entity);
    await wait(harness, 1100);
    for (const id of seeded) await harness.mutate?.(entity, id);
    await wait(harness, 1100);
    const added: string[] = [];
    const lateSeen = new Set<string>();
    const between = async (_: unknown, index: number) => {
      if (index !== 0) return;
      for (const id of seeded) await harness.mutate?.(entity, id);
      added.push(...(await harness.seed(entity, 2)));
    };
    const run = await readAlone(harness, entity, { mode: "incremental", cursor, pageSize: 3, between });
    // What the first page showed was changed again afterwards: it must come once more.
    for (const page of run.pages.slice(1)) for (const row of page.rows) lateSeen.add(row.externalId);
    const missing = await readUntilSeen(harness, entity, [...seeded, ...added], {
      cursor: run.cursor,
      seen: lateSeen,
      pageSize: 3,
    });
    must(missing.length === 0, `rows ${missing.join(", ")} changed between pages and were lost`);
  },
};

const equalStamps: EntityRule = {
  name: "rows of one and the same stamp are all shown, and the pull ends",
  applies: isIncremental,
  unless: (harness) => (harness.faults?.equalTimestamps ? undefined : "equal stamps cannot be made"),
  check: async (harness, entity) => {
    await harness.seed(entity, 1);
    const { cursor } = await readAlone(harness, entity);
    const equal = (await harness.faults?.equalTimestamps?.(entity, 9)) ?? [];
    await wait(harness, 1100);
    for (const pageSize of [1, 2, 7]) {
      const missing = await readUntilSeen(harness, entity, equal, { cursor, pageSize, lookbackSeconds: 2 });
      must(missing.length === 0, `pages of ${pageSize}: rows ${missing.join(", ")} of equal stamp were lost`);
    }
  },
};

const LOOKBACK_SECONDS = 300;

const lateCommits: EntityRule = {
  name: "a row that commits with an earlier stamp is found within the look-back",
  applies: isIncremental,
  unless: (harness) => (harness.faults?.lateCommit ? undefined : "late commits cannot be made"),
  check: async (harness, entity) => {
    await harness.seed(entity, 3);
    await wait(harness, 120_000);
    const full = await readAlone(harness, entity);
    const second = await readAlone(harness, entity, { mode: "incremental", cursor: full.cursor });
    const late = (await harness.faults?.lateCommit?.(entity, 60_000)) ?? "";
    const from = { cursor: second.cursor, lookbackSeconds: LOOKBACK_SECONDS };
    const missing = await readUntilSeen(harness, entity, [late], from);
    must(missing.length === 0, `row ${late}, stamped a minute before it committed, was lost`);
  },
};

const startsFromNothing: EntityRule = {
  name: "an incremental pull without a cursor shows every row",
  applies: isIncremental,
  check: async (harness, entity) => {
    const seeded = await harness.seed(entity, 4);
    await wait(harness, 1100);
    const { ids } = await readAlone(harness, entity, { mode: "incremental", cursor: null, pageSize: 3 });
    const lost = seeded.filter((id) => !ids.has(id));
    must(lost.length === 0, `rows ${lost.join(", ")} were not shown`);
  },
};

export const incrementRules: readonly EntityRule[] = [
  findsChanges,
  onlyChanges,
  underChange,
  equalStamps,
  lateCommits,
  startsFromNothing,
];
