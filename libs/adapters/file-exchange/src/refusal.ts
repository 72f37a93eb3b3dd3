import { AdapterError, type ErpCode } from "@dovetail/adapter-sdk";

/** A request or setting that this adapter itself refuses: nothing was written. */
export function refusal(message: string, code: ErpCode = "ERP008"): AdapterError {
  return new AdapterError(message, { category: "VALIDATION", code, sent: "no" });
}

/** Why a delivery is not taken, in words for its sender: it goes to the error folder whole. */
export class SetAside extends Error {}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
