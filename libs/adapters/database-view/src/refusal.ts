import { AdapterError, type ErpCode } from "@dovetail/adapter-sdk";

/** What this adapter itself refuses: nothing left the machine. */
export function refusal(message: string, code: ErpCode = "ERP008"): AdapterError {
  return new AdapterError(message, { category: "VALIDATION", code, sent: "no" });
}
