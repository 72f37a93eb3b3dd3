import { ProblemError } from "@dovetail/contracts";
import { CommitUnknownError, DatabaseUnavailableError, WorkLostError } from "@dovetail/database";
import { AdapterChangedError } from "../accounts/adapter-change";
import { CursorMovedError } from "../pull/page.repository";
import type { TurnEnd } from "./job";

/** The job is not to go on: a person has cancelled it. */
export class CancelledError extends Error {}

/** Why a turn of a job ended by this error. */
export function endOf(error: unknown): TurnEnd {
  if (error instanceof CancelledError) return "cancelled";
  if (error instanceof ProblemError) return "problem";
  const passing =
    error instanceof DatabaseUnavailableError ||
    error instanceof CommitUnknownError ||
    error instanceof CursorMovedError ||
    error instanceof AdapterChangedError ||
    error instanceof WorkLostError;
  return passing ? "passing" : "surprise";
}
