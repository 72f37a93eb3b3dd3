import type { JsonObject } from "@dovetail/domain";
import type { Page, Raw } from "@dovetail/adapter-sdk";
import { lookups, type Mutant, pages, ports, type Pull, pulls, queries, rows } from "./mutant";

/** Reads everything, sorts by stamp and cuts a page at an offset: the paging that most APIs tempt one into. */
const byOffset = (own: Pull): Pull =>
  async function* (session, query) {
    let offset = Number(query.cursor ?? 0);
    for (;;) {
      const all: Raw[] = [];
      for await (const page of own(session, { ...query, cursor: null, pageSize: 1000 })) all.push(...page.rows);
      const stamp = ({ modifiedAt = "" }: Raw) => Date.parse(modifiedAt);
      // A changed row moves to the end, and every row behind it one place forward.
      all.sort((a, b) => stamp(a) - stamp(b) || Number(a.version?.slice(1)) - Number(b.version?.slice(1)));
      const shown = all.slice(offset, offset + query.pageSize);
      offset += shown.length;
      const last = offset >= all.length;
      yield { rows: shown, cursor: offset, last };
      if (last) return;
    }
  };

/** Remembers every row it ever showed and shows it for ever. */
const remembering = (own: Pull): Pull => {
  const shown = new Map<string, Raw>();
  return async function* (session, query) {
    for await (const page of own(session, query)) {
      for (const row of page.rows) shown.set(row.externalId, row);
      yield page.last ? { ...page, rows: [...shown.values()] } : page;
    }
  };
};

/** Takes up after the last stamp instead of the last row. */
const afterStamp = (own: Pull): Pull =>
  async function* (session, query) {
    let passed: string | undefined;
    for await (const page of own(session, query)) {
      const before = passed;
      passed = page.rows.at(-1)?.modifiedAt ?? passed;
      yield { ...page, rows: page.rows.filter(({ modifiedAt }) => modifiedAt !== before) };
    }
  };

const nothing: Page = { rows: [], cursor: null, last: true };

const emptyIncrement = (own: Pull): Pull =>
  async function* (session, query) {
    if (query.mode === "full") yield* own(session, query);
    else yield { ...nothing, cursor: query.cursor };
  };

const emptyFirstIncrement = (own: Pull): Pull =>
  async function* (session, query) {
    if (query.mode === "full" || query.cursor) yield* own(session, query);
    else yield nothing;
  };

/** The watermark is taken when the run ends, not when it began. */
function lateWatermark(page: Page): Page {
  if (!page.last) return page;
  return { ...page, cursor: { at: "end", watermark: Date.parse(page.serverNow ?? "") + 1000 } };
}

function skipOne(page: Page): Page {
  const cursor = page.cursor as JsonObject;
  return page.last ? page : { ...page, cursor: { ...cursor, afterId: String(Number(cursor.afterId) + 1) } };
}

const pulling: Mutant[] = [
  {
    rule: "a full pull shows every row, whatever the page size",
    fault: "loses the last row of a page of 7",
    mutate: pages((page, _, { pageSize }) => (pageSize === 7 ? { ...page, rows: page.rows.slice(0, 6) } : page)),
  },
  {
    rule: "pages keep to the page size and exactly the last one says so",
    fault: "takes no notice of the page size",
    mutate: queries((query) => ({ ...query, pageSize: 1000 })),
  },
  {
    rule: "pages keep to the page size and exactly the last one says so",
    fault: "never says last",
    mutate: pages((page) => ({ ...page, last: false })),
  },
  {
    rule: "rows carry text ids, bodies and zoned times",
    fault: "numeric ids",
    mutate: rows((row) => ({ ...row, externalId: Number(row.externalId) as unknown as string })),
  },
  {
    rule: "rows carry text ids, bodies and zoned times",
    fault: "times without a zone",
    mutate: rows((row) => ({ ...row, modifiedAt: "2026-01-01 10:00:00" })),
  },
  {
    rule: "rows changed and added while a full pull runs cost no other row",
    fault: "pages by offset",
    mutate: pulls(byOffset),
  },
  { rule: "goes on from any page's cursor in a new session", fault: "skips one", mutate: pages(skipOne) },
  {
    rule: "goes on from a cursor instead of beginning again",
    fault: "begins again",
    mutate: queries((query) => ({ ...query, cursor: null })),
  },
  {
    rule: "says of each document whether its lines are complete",
    fault: "says nothing",
    mutate: rows((row) => ({ ...row, childrenComplete: undefined })),
  },
  {
    rule: "does not pass off a document with missing lines as complete",
    fault: "always complete",
    mutate: rows((row) => ({ ...row, childrenComplete: true })),
  },
  { rule: "a full pull shows no removed row", fault: "remembers", mutate: pulls(remembering) },
  {
    rule: "lists a stamp of every row, another one after a change",
    fault: "the stamp never changes",
    mutate: ports(({ stamps }) => ({
      stamps: async function* (session, from) {
        for await (const { externalId } of stamps?.(session, from) ?? []) yield { externalId, version: "1" };
      },
    })),
  },
];

const incremental: Mutant[] = [
  {
    rule: "an incremental pull finds what was added and changed since",
    fault: "finds nothing",
    mutate: pulls(emptyIncrement),
  },
  {
    rule: "an incremental pull leaves out what did not change",
    fault: "reads everything",
    mutate: queries((query) => ({ ...query, mode: "full", cursor: null })),
  },
  {
    rule: "rows that change during an incremental pull are shown by it or the next",
    fault: "late watermark",
    mutate: pages(lateWatermark),
  },
  {
    rule: "rows of one and the same stamp are all shown, and the pull ends",
    fault: "pages by stamp",
    mutate: pulls(afterStamp),
  },
  {
    rule: "a row that commits with an earlier stamp is found within the look-back",
    fault: "no look-back",
    mutate: queries((query) => ({ ...query, lookbackSeconds: 0 })),
  },
  {
    rule: "an incremental pull without a cursor shows every row",
    fault: "starts from now",
    mutate: pulls(emptyFirstIncrement),
  },
];

const looking: Mutant[] = [
  {
    rule: "looks a row up by external id, and nothing else",
    fault: "finds nothing",
    mutate: lookups(() => async () => []),
  },
  {
    rule: "looks a row up by external id, and nothing else",
    fault: "finds anything",
    mutate: lookups((own) => async (session, by) => {
      const found = await own(session, by);
      return found.length > 0 ? found : own(session, { externalId: "1" });
    }),
  },
  {
    rule: "looks a row up by business key, and nothing else",
    fault: "takes any row",
    mutate: lookups((own) => (session, by) => own(session, by.key ? { externalId: "2" } : by)),
  },
  {
    rule: "a lookup that fails throws: [] means surely absent",
    fault: "answers []",
    mutate: lookups((own) => (session, by) => own(session, by).catch(() => [])),
  },
  {
    rule: "a removed row is looked up as absent",
    fault: "remembers",
    mutate: lookups((own) => {
      const known = new Map<string, Raw[]>();
      return async (session, by) => {
        const id = by.externalId ?? "";
        const rows = known.get(id) ?? (await own(session, by));
        known.set(id, rows);
        return rows;
      };
    }),
  },
];

export const readingMutants: readonly Mutant[] = [...pulling, ...incremental, ...looking];
