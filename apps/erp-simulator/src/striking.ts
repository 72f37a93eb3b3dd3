import { setTimeout as delay } from "node:timers/promises";
import type { FaultSpec } from "./faults";
import type { Answer } from "./odoo/pages";
import { accessDenied, OdooError } from "./odoo/errors";

/** How an answer travels: whole, cut half-way, as a reset connection, or never. */
export interface Delivery {
  answer?: Answer;
  transport: "whole" | "cut" | "reset" | "hang";
  /** hang: how long the connection stays open, milliseconds. */
  holdMs?: number;
}

/** Runs the call; `fail` makes it refuse before any effect. */
export type RunCall = (options: { lateCommitMs: number; fail?: OdooError }) => Promise<Answer>;

const HOLD_MS = 120_000;

/** Runs a call under the faults that strike it. */
export async function deliver(faults: readonly FaultSpec[], run: RunCall): Promise<Delivery> {
  const of = (kind: FaultSpec["kind"]) => faults.find((fault) => fault.kind === kind);
  const slow = of("slow");
  if (slow) await delay(slow.delayMs ?? 1000);
  const early = beforeEffect(of);
  if (early) return early;
  const late = of("lateEffect");
  if (late) {
    setTimeout(() => void run({ lateCommitMs: 0 }).catch(() => undefined), late.delayMs ?? 2000).unref();
    return { transport: "hang", holdMs: HOLD_MS };
  }
  const fail = refusal(of);
  const answer = await run({ lateCommitMs: of("lateCommit")?.delayMs ?? 0, ...(fail ? { fail } : {}) });
  const timeout = of("timeoutAfter");
  if (timeout) return { transport: "hang", holdMs: timeout.delayMs ?? HOLD_MS };
  if (of("resetAfter")) return { transport: "reset" };
  return { answer: spoil(answer, of), transport: of("truncate") ? "cut" : "whole" };
}

type Lookup = (kind: FaultSpec["kind"]) => FaultSpec | undefined;

function beforeEffect(of: Lookup): Delivery | undefined {
  const limit = of("rateLimit");
  if (limit) {
    const page = proxyPage(429, "Too Many Requests");
    page.headers["Retry-After"] = String(limit.retryAfter ?? 1);
    return { answer: page, transport: "whole" };
  }
  const failed = of("serverError");
  if (failed) return { answer: proxyPage(failed.status ?? 502, "Bad Gateway"), transport: "whole" };
  if (of("reset")) return { transport: "reset" };
  const timeout = of("timeoutBefore");
  return timeout ? { transport: "hang", holdMs: timeout.delayMs ?? HOLD_MS } : undefined;
}

/** What a reverse proxy in front of Odoo answers. */
function proxyPage(status: number, title: string): Answer {
  const head = `${status} ${title}`;
  const body = `<html>\r\n<head><title>${head}</title></head>\r\n<body>\r\n<center><h1>${head}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
  return { status, headers: { "Content-Type": "text/html" }, body };
}

function refusal(of: Lookup): OdooError | undefined {
  if (of("auth")) return accessDenied();
  if (of("sessionExpired")) return new OdooError("odoo.http.SessionExpiredException", "Session expired", 403);
  const own = of("error");
  return own
    ? new OdooError(own.name ?? "odoo.exceptions.UserError", own.message ?? "Simulated error", 422)
    : undefined;
}

function spoil(answer: Answer, of: Lookup): Answer {
  const kinds = [of("duplicateRows"), of("nul"), of("huge")].filter((fault) => fault !== undefined);
  if (kinds.length === 0) return answer;
  const parsed: unknown = JSON.parse(answer.body);
  const rows = rowsOf(parsed);
  for (const fault of kinds) spoilRows(rows, fault);
  return { ...answer, body: JSON.stringify(parsed) };
}

type AnyRow = Record<string, unknown>;

function rowsOf(parsed: unknown): AnyRow[] {
  const result = isRecord(parsed) && "result" in parsed ? parsed["result"] : parsed;
  const rows = isRecord(result) && Array.isArray(result["records"]) ? result["records"] : result;
  return Array.isArray(rows) ? (rows as AnyRow[]) : [];
}

function isRecord(value: unknown): value is AnyRow {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function spoilRows(rows: AnyRow[], fault: FaultSpec): void {
  const first = rows[0];
  if (!isRecord(first)) return;
  if (fault.kind === "duplicateRows") {
    rows.splice(1, 0, { ...first });
    return;
  }
  const field =
    fault.field ?? Object.keys(first).find((key) => typeof first[key] === "string" && !key.includes("date"));
  if (field === undefined) return;
  const text = typeof first[field] === "string" ? first[field] : "";
  first[field] = fault.kind === "nul" ? `${text.slice(0, 1)}\0${text.slice(1)}` : "x".repeat(10 * 1024 * 1024);
}
