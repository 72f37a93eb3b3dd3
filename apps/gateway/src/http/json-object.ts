import { ProblemError } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";

/** A body that must be a JSON object whose members its owner checks. Throws ERP008 400. */
export function jsonObject(body: unknown): JsonObject {
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as JsonObject;
  throw new ProblemError("ERP008", "The body must be a JSON object.", { status: 400 });
}
