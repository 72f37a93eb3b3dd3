import { newReference, type PushOperation } from "@dovetail/adapter-sdk";
import { altered, clone, confirmed, lookups, type Mutant, sendErrors, sends } from "./mutant";

/** Answers as if it had done this operation, and does not. */
const pretend = (...operations: PushOperation[]) =>
  sends((own) => async (session, request) => {
    if (!operations.includes(request.op)) return own(session, request);
    return confirmed(request.externalId ?? "12345");
  });

const forgetsReference = sends((own) => (session, request) => own(session, { ...request, reference: newReference() }));

const swallows = sends((own) => (session, request) => own(session, request).catch(() => confirmed("1")));

const pushing: Mutant[] = [
  {
    rule: "a push creates one document and answers with its external id",
    fault: "only pretends",
    mutate: pretend("create", "post"),
  },
  {
    rule: "a push creates one document and answers with its external id",
    fault: "an empty id",
    mutate: sends((own) => async (session, request) => ({ ...(await own(session, request)), externalId: "" })),
  },
  { rule: "a push changes the document it names", fault: "only pretends", mutate: pretend("update") },
  { rule: "a pushed delete removes the document it names", fault: "only pretends", mutate: pretend("delete") },
  { rule: "a change of an absent document is NOT_FOUND", fault: "swallows the error", mutate: swallows },
  {
    rule: "what a push answers as shown is what a read shows",
    fault: "shows what was sent",
    mutate: sends((own) => async (session, request) => {
      const result = await own(session, request);
      if (result.done !== "confirmed" || !result.shown) return result;
      const body = { ...clone(result.shown.body), added: "by the adapter" };
      return { ...result, shown: { ...result.shown, body } };
    }),
  },
  {
    rule: "a refused push is said to have had no effect, and had none",
    fault: "said to be sent",
    mutate: sendErrors((error) => altered(error, { sent: "maybe" })),
  },
  {
    rule: "a push that fails after it was sent is not said to be without effect",
    fault: "said not to be sent",
    mutate: sendErrors((error) => altered(error, { sent: "no" })),
  },
];

const classes: Mutant[] = [
  {
    rule: "K: the same reference sent twice is one document",
    fault: "a reference per attempt",
    mutate: forgetsReference,
  },
  {
    rule: "an effect after the time-out is found, and the push is said to be sent",
    fault: "said not to be sent",
    mutate: sendErrors((error) => altered(error, { sent: "no" })),
  },
  {
    rule: "an effect after the time-out is found, and the push is said to be sent",
    fault: "sends again by itself",
    writeClass: "L",
    mutate: sends((own) => async (session, request) => {
      try {
        return await own(session, request);
      } catch {
        return own(session, request);
      }
    }),
  },
  {
    rule: "a push lost on the way is said to be perhaps sent, and can be sent again",
    fault: "confirms what it does not know",
    mutate: swallows,
  },
  {
    rule: "L: a late effect is found by reference once settleMs has passed",
    fault: "the reference does not reach the ERP",
    writeClass: "L",
    mutate: forgetsReference,
  },
  {
    rule: "L: a document is found by its reference, an unused reference by nothing",
    fault: "finds any document",
    writeClass: "L",
    mutate: lookups((own) => (session, by) => own(session, by.reference ? { externalId: "1" } : by)),
  },
  {
    rule: "K: a paused sender that goes on later makes no second document",
    fault: "a reference per attempt",
    mutate: forgetsReference,
  },
  {
    rule: "L: the second document of a paused sender is seen by its reference",
    fault: "shows one of two",
    writeClass: "L",
    mutate: lookups((own) => async (session, by) => (await own(session, by)).slice(0, 1)),
  },
  {
    rule: "N: a lookup by reference does not claim absence",
    fault: "claims absence",
    writeClass: "N",
    mutate: lookups((own) => async (session, by) => (by.reference ? [] : own(session, by))),
  },
];

export const writingMutants: readonly Mutant[] = [...pushing, ...classes];
