import { ProblemError, type Integration } from "@dovetail/contracts";
import type { Json } from "@dovetail/domain";

/** NOT_FOUND of an integration by name or id. */
export function noIntegration(reference: string): ProblemError {
  return new ProblemError("NOT_FOUND", `there is no integration ${reference}`);
}

/** CONFLICT: another integration of the tenant has the name. */
export function nameTaken(name: string): ProblemError {
  return new ProblemError("CONFLICT", `there is an integration ${name} already`, {
    resolution: "Choose another name, or change the existing integration.",
  });
}

/** STALE with the state that the caller did not know. */
export function staleIntegration(current: Integration): ProblemError {
  return new ProblemError("STALE", `${current.name} is at version ${current.version}`, {
    current: current as unknown as Json,
  });
}
