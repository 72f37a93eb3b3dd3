import { isUtf8 } from "node:buffer";
import type { Json } from "@dovetail/domain";
import { sentOf } from "./classify";
import type { AnswerErrorDetails, HttpAnswer, HttpRequest } from "./clients";
import { AdapterError, type AdapterErrorDetails, type Excerpt } from "./errors";
import { EXCERPT_LENGTH, excerpt, type Mask } from "./mask";

/** A request as an operator may see it. Headers are left out: they hold little but credentials. */
export function requestExcerpt(request: HttpRequest, mask: Mask): Excerpt {
  const text = request.json === undefined ? request.body : JSON.stringify(request.json);
  const head = excerpt(`${request.method} ${request.url}`, mask);
  if (text === undefined) return { head };
  return { head, body: excerpt(typeof text === "string" ? text : Buffer.from(text).toString(), mask) };
}

/** Where `JSON.parse` stopped; at the end of the text when it wanted more. */
function parsePosition(error: unknown, length: number): number {
  const at = /position (\d+)/.exec(error instanceof Error ? error.message : "");
  return at ? Number(at[1]) : length;
}

/** An answer held in memory, decompressed. */
export class Answer implements HttpAnswer {
  private decoded?: string;

  constructor(
    readonly request: HttpRequest,
    readonly status: number,
    readonly headers: Record<string, string>,
    readonly body: Buffer,
    private readonly mask: Mask,
  ) {}

  text(): string {
    const latin = /charset="?(iso-8859-1|windows-1252|latin1)/i.test(this.headers["content-type"] ?? "");
    // A byte order mark is no part of the text (RFC 8259 8.1 lets readers ignore it).
    this.decoded ??= this.body.toString(latin ? "latin1" : "utf8").replace(/^\uFEFF/, "");
    return this.decoded;
  }

  json(): Json {
    if (!isUtf8(this.body)) throw this.broken("SERVER", "the ERP's answer is not valid UTF-8");
    const text = this.text();
    try {
      return JSON.parse(text) as Json;
    } catch (cause) {
      const position = parsePosition(cause, text.length);
      if (position >= text.length)
        throw this.broken("TRANSIENT", `the ERP's answer was cut off at position ${position}`);
      const near = excerpt(text.slice(Math.max(0, position - 40), position + 40), this.mask);
      throw this.broken("SERVER", `the ERP's answer is not JSON at position ${position}: ${near}`);
    }
  }

  error(message: string, details: AnswerErrorDetails): AdapterError {
    const text = this.body.subarray(0, EXCERPT_LENGTH * 4).toString();
    const complete: AdapterErrorDetails = {
      sent: sentOf(details.category),
      ...details,
      status: this.status,
      request: requestExcerpt(this.request, this.mask),
      response: { head: String(this.status), body: excerpt(text, this.mask) },
    };
    return new AdapterError(this.mask(message), complete);
  }

  private broken(category: "SERVER" | "TRANSIENT", message: string): AdapterError {
    return this.error(message, { category, code: category === "SERVER" ? "UNAVAILABLE" : "ERP001" });
  }
}
