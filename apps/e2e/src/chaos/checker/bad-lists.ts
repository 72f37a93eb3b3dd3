import type { BadRun } from "./bad-runs";
import { drop, erp, first, is } from "./good-run";

/** Lists that say too much or too little. */
export const BAD_LISTS: BadRun[] = [
  {
    what: "an unearned letter",
    law: "unearned",
    spoil: (history) => {
      const one = first(history.api.deadLetters, ({ reason }) => reason === "ERP008");
      history.api.deadLetters.push({ ...one, id: "d99", externalId: "k-S2" });
      history.api.afterReread.deadLetters.push({ ...one, id: "d99", externalId: "k-S2" });
    },
  },
  {
    what: "one row listed twice",
    law: "unearned",
    spoil: (history) => {
      const one = first(history.api.deadLetters, ({ reason }) => reason === "ERP008");
      history.api.deadLetters.push({ ...one, id: "d99" });
    },
  },
  {
    what: "an unknown of class N that was answered",
    law: "unearned",
    spoil: (history) => {
      history.faults = [{ kind: "kill", at: 0, observed: false }];
      for (const send of erp(history, "n").sends) send.answered = true;
    },
  },
  {
    what: "a duplicate listed where there is one document",
    law: "unearned",
    spoil: (history) => drop(erp(history, "l").journal, ({ externalId }) => externalId === "l-T3-2"),
  },
  {
    what: "an unknown of class K: there a machine knows what to do",
    law: "unearned",
    spoil: (history) => {
      const [one] = history.api.deadLetters.filter(({ reason }) => reason === "UNKNOWN");
      if (one) one.integration = "k";
    },
  },
  {
    what: "a missing letter of an invalid row",
    law: "unlisted",
    spoil: (history) => drop(history.api.deadLetters, ({ kind }) => kind === "REJECTED"),
  },
  {
    what: "a missing letter of a write of class N that nobody answered",
    law: "unlisted",
    spoil: (history) => drop(history.api.deadLetters, is("T2")),
  },
];
