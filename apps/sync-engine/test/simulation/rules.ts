import type { ModelClaim, WorkModel } from "@dovetail/testing";
import { afterPullFailure, afterTurn } from "../../src/jobs/job";
import { isOvertaken, mergeBase, mergeRead, refusal } from "../../src/pull/read-rules";
import { pushMayBecome } from "../../src/push/push";
import * as push from "../../src/push/push-rules";
import type { LinkRow } from "../../src/records/record";
import { followed, isLeft, linkAfter, sentBy } from "../../src/push/settle-rules";

/** What the engine decides by, as the product does, and as SQL does for it. Broken variants are put in place of single ones. */
export const RULES = {
  ...push,
  afterPullFailure,
  afterTurn,
  followed,
  isLeft,
  isOvertaken,
  linkAfter,
  mergeBase,
  mergeRead,
  refusal,
  sentBy,
  pushMayBecome,
  /** `assertHeld`: every write of a turn asks whether its claim is the last. */
  isHeld: (work: WorkModel, claim: ModelClaim): boolean => work.held(claim) !== undefined,
  /** The link while a request is under way. */
  linkSent: (link: LinkRow | undefined, io: number): LinkRow | undefined =>
    link && { ...link, push_open: true, push_io: io },
  /** A read that was overtaken by another worker's: compare-and-set of page and epoch. */
  cursorFits: (cursor: { page: number; epoch: number }, page: number, epoch: number): boolean =>
    cursor.page === page - 1 && cursor.epoch === epoch,
  /** A wish for work that is being done is kept until it is done. */
  asksAgain: (): boolean => true,
  /** A request for a run while one runs queues another; it is never taken for covered by the running one. */
  runCovers: (status: "queued" | "running"): boolean => status === "queued",
};

export type Rules = typeof RULES;
