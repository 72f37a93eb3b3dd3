import type { History } from "../history";
import { BAD_FEEDS } from "./bad-feeds";
import { BAD_LISTS } from "./bad-lists";
import { drop, erp, first, is, record } from "./good-run";
import type { Law } from "./violation";

/** A good run with one thing wrong, and the law that says so. */
export interface BadRun {
  what: string;
  law: Law;
  spoil(history: History): void;
}

export const BAD: BadRun[] = [
  {
    what: "a lost update: everybody agrees on the value before the last",
    law: "final-value",
    spoil: (history) => {
      record(history, "S1").record["phone"] = "p2";
      for (const one of [...history.erps.flatMap(({ final }) => final), ...history.api.afterReread.records])
        if (one.key === "S1") ("document" in one ? one.document : one.record)["phone"] = "p2";
      for (const one of history.consumer.held) if (one.key === "S1") Object.assign(one.record ?? {}, { phone: "p2" });
    },
  },
  {
    what: "a lost edit of a person in the ERP",
    law: "final-value",
    spoil: (history) => delete record(history, "S2").record["email"],
  },
  {
    what: "a lost deletion",
    law: "final-value",
    spoil: (history) => (record(history, "S3").deleted = false),
  },
  {
    what: "an unknown write passed over by a known one stands again",
    law: "final-value",
    spoil: (history) => {
      const later = { ...first(history.operations, ({ fields }) => fields["phone"] === "late") };
      record(history, "S4").version = 3;
      history.operations.push({ ...later, id: "mes.99", outcome: "ok", version: 3, fields: { phone: "newest" } });
    },
  },
  {
    what: "an ERP that never got the last version",
    law: "sides-agree",
    spoil: (history) => (first(erp(history, "n").final, is("S1")).document["phone"] = "p2"),
  },
  {
    what: "a record that is not in an ERP",
    law: "sides-agree",
    spoil: (history) => drop(erp(history, "l").final, is("S2")),
  },
  {
    what: "a document left over after its deletion",
    law: "sides-agree",
    spoil: (history) => {
      const made = first(erp(history, "l").journal, (one) => one.key === "S3" && one.op === "create");
      erp(history, "l").final.push(made);
    },
  },
  {
    what: "a document in the master that became no record",
    law: "sides-agree",
    spoil: (history) => {
      const document = {
        entity: "Supplier" as const,
        externalId: "k-9",
        key: "S9",
        document: { supplierNumber: "S9" },
      };
      erp(history, "k").final.push(document);
    },
  },
  {
    what: "an older version pushed after a newer one",
    law: "no-way-back",
    spoil: (history) => {
      const journal = erp(history, "l").journal;
      const late = first(journal, (one) => one.key === "S1" && one.document["phone"] === "p1");
      journal.push({ ...late, seq: 99, op: "update", fields: ["phone"] });
    },
  },
  {
    what: "a version that goes back in the feed",
    law: "no-way-back",
    spoil: (history) => {
      const told = history.consumer.feed.filter((event) => event.subject === "S1");
      const [one, other] = [told[1]?.data ?? {}, told[2]?.data ?? {}];
      [one["version"], other["version"]] = [other["version"] ?? null, one["version"] ?? null];
    },
  },
  {
    what: "a value of one write that comes back",
    law: "no-way-back",
    spoil: (history) => {
      const told = history.consumer.feed.filter((event) => event.subject === "S1");
      Object.assign(told.at(-1)?.data["record"] ?? {}, { phone: "p2" });
    },
  },
  {
    what: "an edit in the ERP that is told after a later one",
    law: "no-way-back",
    spoil: (history) => {
      const told = history.consumer.feed.filter((event) => event.subject === "S2");
      const [one, other] = [told[0]?.data["record"], told[1]?.data["record"]];
      const edit = { ...first(history.operations, is("S2")), id: "k.98", seq: 99, fields: { email: "later" } };
      history.operations.push(edit);
      Object.assign(one ?? {}, { email: "later" });
      Object.assign(other ?? {}, { email: "e2" });
    },
  },
  {
    what: "a version that is neither confirmed nor superseded nor listed",
    law: "passed-over",
    spoil: (history) =>
      drop(history.api.transactions, (one) => one.key === "S1" && one.version === 2 && one.integration === "l"),
  },
  {
    what: "a version superseded by nothing",
    law: "passed-over",
    spoil: (history) => {
      for (const one of history.api.transactions)
        if (one.key === "S1" && one.integration === "n" && one.version > 1) one.status = "superseded";
    },
  },
  {
    what: "a lost fact",
    law: "one-document",
    spoil: (history) => drop(erp(history, "k").journal, is("T1")),
  },
  {
    what: "a double fact",
    law: "one-document",
    spoil: (history) => {
      const made = first(erp(history, "k").journal, is("T1"));
      erp(history, "k").journal.push({ ...made, seq: 99, externalId: "k-T1-2" });
    },
  },
  {
    what: "a fact of class N resent, though listed",
    law: "one-document",
    spoil: (history) => {
      const made = first(erp(history, "n").journal, is("T1"));
      erp(history, "n").journal.push({ ...made, seq: 99, externalId: "n-T1-2" });
    },
  },
  {
    what: "a double fact of class L, listed, though nothing held its sender",
    law: "one-document",
    spoil: (history) => {
      history.faults = history.faults.filter(({ kind }) => kind === "kill");
    },
  },
  {
    what: "an edited fact",
    law: "one-document",
    spoil: (history) => {
      const made = first(erp(history, "l").journal, is("T0"));
      erp(history, "l").journal.push({ ...made, seq: 99, op: "update" });
    },
  },
  {
    what: "a fact that was refused and stands all the same",
    law: "one-document",
    spoil: (history) => (first(history.operations, is("T0")).outcome = "failed"),
  },
  {
    what: "two documents of one key",
    law: "one-document",
    spoil: (history) => {
      const made = first(erp(history, "k").journal, is("S1"));
      erp(history, "k").journal.push({ ...made, seq: 99, op: "create", externalId: "k-S1-2" });
    },
  },
  ...BAD_LISTS,
  {
    what: "a deletion that nobody asked for, though it was put right",
    law: "unasked",
    spoil: (history) => {
      const told = history.consumer.feed.filter((event) => event.subject === "S1");
      if (told[1]) told[1].type = "erp.Supplier.deleted";
    },
  },
  {
    what: "a document that the platform deleted by itself",
    law: "unasked",
    spoil: (history) => {
      const made = first(erp(history, "l").journal, is("S1"));
      erp(history, "l").journal.push({ ...made, seq: 99, op: "delete" });
    },
  },
  {
    what: "a platform that did too little",
    law: "applied",
    spoil: (history) => (history.setup.limits.applied = 1000),
  },
  { what: "no rest", law: "quiet", spoil: (history) => (history.timings.quietAt = null) },
  {
    what: "rest too late",
    law: "quiet",
    spoil: (history) => (history.timings.quietAt = history.timings.healedAt + 30_001),
  },
  {
    what: "a stuck job",
    law: "stuck",
    spoil: (history) => (first(history.api.jobs, () => true).status = "running"),
  },
  {
    what: "a stuck push",
    law: "stuck",
    spoil: (history) =>
      (first(history.api.transactions, ({ status }) => status === "confirmed" || status === "superseded").status =
        "sent"),
  },
  {
    what: "a job that lost a row",
    law: "balance",
    spoil: (history) => (first(history.api.jobs, () => true).counts.read += 1),
  },
  {
    what: "an amount that does not add up",
    law: "totals",
    spoil: (history) => (first(erp(history, "n").final, is("S2")).document["minimumOrderAmount"] = "10.51"),
  },
  {
    what: "a document too many",
    law: "totals",
    spoil: (history) => {
      const made = first(erp(history, "l").final, is("S1"));
      erp(history, "l").final.push({ ...made, externalId: "l-S1-2" });
    },
  },
  ...BAD_FEEDS,
  {
    what: "a re-read that changes something",
    law: "re-read",
    spoil: (history) => {
      const { counts } = first(history.api.rereads, () => true);
      counts.updated += 1;
      counts.unchanged -= 1;
    },
  },
  {
    what: "a re-read that rejects what is not listed",
    law: "re-read",
    spoil: (history) => {
      const { counts } = first(history.api.rereads, () => true);
      counts.rejected += 1;
      counts.unchanged -= 1;
    },
  },
  {
    what: "a re-read that leaves another version",
    law: "re-read",
    spoil: (history) => {
      const { records } = history.api.afterReread;
      history.api.afterReread.records = records.map((one) => ({ ...one, version: one.version + 1 }));
    },
  },
  { what: "no re-read", law: "re-read", spoil: (history) => (history.api.rereads = []) },
  {
    what: "an answer of a version that never came",
    law: "answered",
    spoil: (history) => (first(history.operations, is("S4")).version = 77),
  },
  {
    what: "an answered version with another content",
    law: "answered",
    spoil: (history) => (first(history.operations, is("S1")).fields["name"] = "mes.other"),
  },
  {
    what: "a later write answered an older version",
    law: "answered",
    spoil: (history) => {
      const of = history.operations.filter((one) => one.key === "S1" && one.side === "mes");
      const last = of.at(-1);
      if (last) Object.assign(last, { version: 2, fields: {} });
      const [, middle] = of;
      if (middle) middle.version = 3;
      if (middle) middle.fields = {};
    },
  },
  {
    what: "one version answered to two writers",
    law: "answered",
    spoil: (history) => {
      const one = first(history.operations, is("S1"));
      history.operations.push({ ...one, id: "mes.98", fields: { name: "another" } });
    },
  },
];
