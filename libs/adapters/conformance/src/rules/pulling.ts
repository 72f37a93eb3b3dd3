import { ENTITIES, type EntityName } from "@dovetail/domain";
import { isPulled, readAlone, throughJson } from "./reading";
import { type EntityRule, must, portOf, wait, without, withSession } from "./rule";

const PAGE_SIZES = [1, 2, 7, 1000];

const everyRow: EntityRule = {
  name: "a full pull shows every row, whatever the page size",
  applies: isPulled,
  check: async (harness, entity) => {
    const seeded = await harness.seed(entity, 15);
    for (const pageSize of PAGE_SIZES) {
      const { ids } = await readAlone(harness, entity, { pageSize });
      const lost = without(seeded, ids);
      must(lost.length === 0, `pages of ${pageSize}: rows ${lost.join(", ")} of ${seeded.length} were not shown`);
    }
  },
};

const bounded: EntityRule = {
  name: "pages keep to the page size and exactly the last one says so",
  applies: isPulled,
  check: async (harness, entity) => {
    await harness.seed(entity, 9);
    for (const pageSize of PAGE_SIZES) {
      const { pages } = await readAlone(harness, entity, { pageSize });
      const largest = Math.max(...pages.map(({ rows }) => rows.length));
      must(largest <= pageSize, `a page of ${largest} rows where ${pageSize} were asked for`);
      const lasts = pages.map(({ last }, index) => (last ? index : -1)).filter((index) => index >= 0);
      must(
        lasts.length === 1 && lasts[0] === pages.length - 1,
        `of ${pages.length} pages these say last: ${lasts.join(", ")}`,
      );
    }
  },
};

const wellFormed: EntityRule = {
  name: "rows carry text ids, bodies and zoned times",
  applies: isPulled,
  check: async (harness, entity) => {
    await harness.seed(entity, 3);
    const { pages, rows } = await readAlone(harness, entity);
    for (const row of rows) {
      must(
        typeof row.externalId === "string" && row.externalId !== "",
        `external id ${JSON.stringify(row.externalId)} is not text`,
      );
      must(row.version === undefined || typeof row.version === "string", `version of ${row.externalId} is not text`);
      must(typeof row.body === "object" && row.body !== null, `row ${row.externalId} has no body`);
      mustBeZoned(row.modifiedAt, `modifiedAt of ${row.externalId}`);
    }
    for (const page of pages) mustBeZoned(page.serverNow, "serverNow");
  },
};

function mustBeZoned(time: string | undefined, what: string): void {
  if (time === undefined) return;
  const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(time);
  must(zoned && !Number.isNaN(Date.parse(time)), `${what} is ${time}, not ISO 8601 with a zone`);
}

const underChange: EntityRule = {
  name: "rows changed and added while a full pull runs cost no other row",
  applies: isPulled,
  unless: (harness) => (harness.mutate ? undefined : "rows cannot be changed"),
  check: async (harness, entity) => {
    const seeded = await harness.seed(entity, 9);
    const [first = "", second = ""] = seeded;
    const last = seeded.at(-1) ?? "";
    const between = async (_: unknown, index: number) => {
      if (index !== 1) return;
      await harness.seed(entity, 2);
      for (const id of [first, second, last]) await harness.mutate?.(entity, id);
    };
    const { ids } = await readAlone(harness, entity, { pageSize: 2, between });
    const lost = without(seeded, ids);
    must(lost.length === 0, `rows ${lost.join(", ")} stood there all the time and were not shown`);
  },
};

const resumes: EntityRule = {
  name: "goes on from any page's cursor in a new session",
  applies: isPulled,
  check: async (harness, entity) => {
    const seeded = await harness.seed(entity, 7);
    const { pages } = await readAlone(harness, entity, { pageSize: 2 });
    const seen = new Set<string>();
    for (const page of pages.slice(0, -1)) {
      for (const row of page.rows) seen.add(row.externalId);
      // An ERP that cannot be reset may hold thousands of other rows: resuming among those teaches nothing.
      if (!page.rows.some(({ externalId }) => seeded.includes(externalId))) continue;
      const { ids } = await readAlone(harness, entity, { pageSize: 2, cursor: throughJson(page.cursor) });
      const lost = without(seeded, new Set([...seen, ...ids]));
      must(lost.length === 0, `resumed after ${seen.size} rows: rows ${lost.join(", ")} were not shown`);
    }
  },
};

/** A resumed run must not begin again: the engine would then never get through a table larger than one run. */
const resumesOnwards: EntityRule = {
  name: "goes on from a cursor instead of beginning again",
  applies: isPulled,
  check: async (harness, entity) => {
    const seeded = new Set(await harness.seed(entity, 8));
    const begun = await readAlone(harness, entity, { pageSize: 2 });
    // Half of what was seeded, wherever it stands: an ERP that cannot be reset holds other rows.
    let shown = 0;
    const half = begun.pages.find(
      ({ rows }) => (shown += rows.filter(({ externalId }) => seeded.has(externalId)).length) >= seeded.size / 2,
    );
    must(half && !half.last, "eight rows fit in one page of two");
    const { ids } = await readAlone(harness, entity, { pageSize: 2, cursor: throughJson(half.cursor) });
    const again = [...ids].filter((id) => seeded.has(id)).length;
    must(again < seeded.size, `resumed half-way it showed all ${again} rows again`);
  },
};

function linesOf(entity: EntityName): boolean {
  return ENTITIES[entity].fields.some(({ type, required, name }) => type === "list" && (required || name === "lines"));
}

const hasLines: EntityRule["applies"] = (harness, entity) => linesOf(entity) && isPulled(harness, entity);

const provesLines: EntityRule = {
  name: "says of each document whether its lines are complete",
  applies: hasLines,
  check: async (harness, entity) => {
    const seeded = new Set(await harness.seed(entity, 3));
    const { rows } = await readAlone(harness, entity);
    for (const row of rows.filter(({ externalId }) => seeded.has(externalId))) {
      must(
        row.childrenComplete === true,
        `childrenComplete of the whole document ${row.externalId} is ${row.childrenComplete}`,
      );
    }
  },
};

const admitsMissingLines: EntityRule = {
  name: "does not pass off a document with missing lines as complete",
  applies: hasLines,
  unless: (harness) => (harness.faults?.missingChildren ? undefined : "lines cannot be withheld"),
  check: async (harness, entity) => {
    const id = await harness.faults?.missingChildren?.(entity);
    const { rows } = await readAlone(harness, entity);
    const row = rows.find(({ externalId }) => externalId === id);
    must(row?.childrenComplete !== true, `document ${id} lacks lines and is shown as complete`);
  },
};

const showsNoGhosts: EntityRule = {
  name: "a full pull shows no removed row",
  applies: (harness, entity) => isPulled(harness, entity) && portOf(harness, entity).deletesSeen === true,
  unless: (harness) => (harness.remove ? undefined : "rows cannot be removed"),
  check: async (harness, entity) => {
    const [gone = "", kept = ""] = await harness.seed(entity, 2);
    await readAlone(harness, entity);
    await harness.remove?.(entity, gone);
    const { ids } = await readAlone(harness, entity);
    must(!ids.has(gone), `removed row ${gone} is still shown`);
    must(ids.has(kept), `row ${kept} went with it`);
  },
};

const listsStamps: EntityRule = {
  name: "lists a stamp of every row, another one after a change",
  applies: (harness, entity) => portOf(harness, entity).stamps !== undefined,
  check: (harness, entity) =>
    withSession(harness, async (session) => {
      const seeded = await harness.seed(entity, 4);
      const [changed = ""] = seeded;
      const list = async () => {
        const stamps = new Map<string, string>();
        for await (const { externalId, version } of portOf(harness, entity).stamps?.(session, null) ?? []) {
          stamps.set(externalId, version);
        }
        return stamps;
      };
      const before = await list();
      const lost = without(seeded, new Set(before.keys()));
      must(lost.length === 0, `rows ${lost.join(", ")} have no stamp`);
      if (!harness.mutate) return;
      // Stamps in whole seconds: a change within the second of the seeding is the look-back's affair.
      await wait(harness, 1100);
      await harness.mutate(entity, changed);
      must((await list()).get(changed) !== before.get(changed), `row ${changed} changed and kept its stamp`);
    }),
};

export const pullRules: readonly EntityRule[] = [
  everyRow,
  bounded,
  wellFormed,
  underChange,
  resumes,
  resumesOnwards,
  provesLines,
  admitsMissingLines,
  showsNoGhosts,
  listsStamps,
];
