import { RULES, type Rules } from "./rules";

const forgotten = Infinity;

/** Variants with one rule broken: each is a mistake that this kind of software is known to make. */
export const BROKEN: Record<string, Partial<Rules>> = {
  "no settle: the ERP is asked at once, and what is not found yet counts as absent": {
    settleMs: () => 0,
    inquiry: (state, ...rest) => RULES.inquiry({ ...state, push: { ...state.push, since_ms: forgotten } }, ...rest),
  },
  "class N is resent by a machine": {
    isForPerson: () => false,
    inquiry: (state, can, adapter) => (can.class === "N" ? { do: "sendAgain" } : RULES.inquiry(state, can, adapter)),
  },
  "what timed out is sent again without a question": {
    afterFailure: (push, operation, error) =>
      RULES.afterFailure(push, operation, { ...error, sent: "no", category: error.category }),
  },
  "no epoch: a holder that lost its claim writes on": { isHeld: () => true },
  "a paused holder sends after its claim has run out": { mayStillSend: () => true },
  "a row that was read before a push is merged": { refusal: () => undefined, isOvertaken: () => false },
  "a document that is being made is met as a stranger's": {
    refusal: (link, row, linkedKey) => RULES.refusal(link, row, linkedKey, undefined),
  },
  "an update that the ERP keeps otherwise is taken for not arrived": {
    afterCompare: (state, shown) => ({ ...RULES.sentBy(state.push, state.record), current: shown !== null }),
  },
  "the shadow does not move with a push": {
    linkAfter: (entity, base, shown, sent, io) => ({
      ...RULES.linkAfter(entity, base, shown, sent, io),
      shadow: base.shadow,
      shadow_hash: base.shadow_hash,
    }),
  },
  "a wish for work under way is forgotten": { asksAgain: () => false },
  "a request for a run is covered by the running one": { runCovers: () => true },
  "no compare of the cursor: a page of an overtaken reader is merged": { cursorFits: () => true },
  "a push that has ended is taken up again": { pushMayBecome: () => true },
  "what moved since the plan is sent all the same": {
    mayLeave: (planned, now) => now.push?.status !== "sent" && planned !== now,
  },
};
