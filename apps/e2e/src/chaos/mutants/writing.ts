import type { Mutant } from "./mutant";

const RECORDS = "apps/sync-engine/src/records/record.service.ts";
const REMEMBERED =
  "return rememberRequest<Written>(tx, { sender: source, eventId: input.eventId, bodyHash }, run);\n    });";

/** Mutants of what is promised to those who hand changes in and to those who follow them. */
export const WRITING: readonly Mutant[] = [
  {
    name: "hash-as-identity",
    breaks: "A request is known by its content instead of its id: what was once written is never written again.",
    laws: ["answered", "final-value"],
    patches: [
      {
        file: RECORDS,
        find: "{ sender: source, eventId: input.eventId, bodyHash }",
        replace: "{ sender: source, eventId: bodyHash, bodyHash }",
      },
    ],
    schedule: { strikes: ["a-b-a"], strikeEveryMs: 1_000 },
  },
  {
    name: "no-request-memory",
    breaks: "A repeated request is done again.",
    laws: ["no-way-back", "final-value"],
    patches: [
      {
        file: RECORDS,
        find: REMEMBERED,
        replace: "return { result: await run(), duplicate: bodyHash === '' };\n    });",
      },
    ],
    schedule: { strikes: ["delayed-request"], strikeEveryMs: 400, writeEveryMs: 150, hotKeys: 2 },
  },
  {
    name: "acknowledge-before-commit",
    breaks: "A write is answered before it is committed.",
    laws: ["answered", "final-value"],
    patches: [
      {
        file: RECORDS,
        find: "await this.db.transaction(ctx.tenantId, async (tx) => {\n      const run = () =>",
        replace:
          "await new Promise<{ result: Written; duplicate: boolean }>((answer, fail) => void this.db.transaction(ctx.tenantId, async (tx) => { const done = await (async () => {\n      const run = () =>",
      },
      {
        file: RECORDS,
        find: REMEMBERED,
        replace: `return rememberRequest<Written>(tx, { sender: source, eventId: input.eventId, bodyHash }, run);
    })(); answer(done); await new Promise((later) => setTimeout(later, 400)); return done; }).catch(fail));`,
      },
    ],
    schedule: { strikes: ["kill"], strikeEveryMs: 2_000, writeEveryMs: 150 },
  },
  {
    name: "id-greater-than-last",
    breaks: "The log is numbered behind the highest row seen: what commits late is passed over.",
    laws: ["consumer"],
    patches: [
      {
        file: "libs/messaging/src/event-log/schema.ts",
        find: "where e.tenant_id = t and e.position is null and not e.silent order by e.seq limit most",
        replace:
          "where e.tenant_id = t and e.position is null and not e.silent and e.seq > (select coalesce(max(l.seq), 0) from ${schema}.event_log l where l.tenant_id = t and l.position is not null) order by e.seq limit most",
      },
    ],
    schedule: { strikes: ["slow-line"], strikeEveryMs: 1_000, writeEveryMs: 100 },
  },
  {
    name: "dropped-consumer-position",
    breaks: "A consumer that starts again goes on from the end of the log, not from where it stood.",
    laws: ["final-value", "sides-agree", "re-read"],
    patches: [
      {
        file: "libs/messaging/src/consumer/tenant-feed.ts",
        find: "if (place.position > head) to = { position: head, ordinal: 0 };",
        replace: `const self = this as { begun?: boolean };
    const again = !self.begun && place.position > 0 && place.position < head;
    self.begun = true;
    if (place.position > head || again) to = { position: head, ordinal: 0 };`,
      },
    ],
    schedule: { strikes: ["kill"], strikeEveryMs: 2_000, writeEveryMs: 100, pulls: "notices" },
  },
];
