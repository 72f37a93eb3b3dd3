import { AdapterError } from "@dovetail/adapter-sdk";

/** Throws once the session was told to end. */
export function gone(signal: AbortSignal): void {
  if (signal.aborted)
    throw new AdapterError("the connection was closed", {
      category: "TRANSIENT",
      code: "ERP001",
      sent: "no",
      cause: signal.reason,
    });
}
