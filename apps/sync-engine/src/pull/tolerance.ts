import { ProblemError, type EntitySettings, type JobCounts } from "@dovetail/contracts";
import type { RejectedRow } from "./run.repository";

/** How many rejected rows a problem names; all of them are dead letters. */
export const NAMED = 20;

/** Whether more rows were rejected than the entity's tolerance lets pass: by count, or by their share of the rows read. */
export function isAboveTolerance(
  tolerance: EntitySettings["tolerance"],
  { read, rejected }: Pick<JobCounts, "read" | "rejected">,
): boolean {
  if (tolerance?.count !== undefined && rejected > tolerance.count) return true;
  return tolerance?.rate !== undefined && rejected > tolerance.rate * read;
}

/** The problem of a run above its tolerance: what was not rejected is applied, and the next run goes on behind it. */
export function toleranceProblem({ read, rejected }: JobCounts, rows: readonly RejectedRow[]): ProblemError {
  const errors = rows.map(({ externalId, key, problem }) => {
    const first = problem?.errors?.[0];
    return {
      field: `${key ?? externalId ?? ""}${first?.field ? `: ${first.field}` : ""}`,
      rule: first?.rule ?? "valid",
      value: first?.value ?? null,
      code: problem?.code ?? "ERP008",
    };
  });
  return new ProblemError("ERP008", `${rejected} of ${read} rows were rejected: more than the entity tolerates`, {
    errors,
    resolution:
      "The rejected rows are dead letters of kind REJECTED: correct them in the ERP, or the mapping. All others are applied.",
  });
}
