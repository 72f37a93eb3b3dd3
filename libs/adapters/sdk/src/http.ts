import type { Agent, Dispatcher } from "undici";
import { AddressRefusedError, type AllowAddress, guardedLookup, refuseLiteral } from "./address-guard";
import type { Http, HttpAnswer, HttpRequest } from "./clients";
import { decompress } from "./decompress";
import { AdapterError, type AdapterErrorDetails } from "./errors";
import { Answer, requestExcerpt } from "./http-answer";
import { Exchange, TooLargeError } from "./http-exchange";
import { createMask, type Mask } from "./mask";

export interface HttpOptions {
  /** Hides this account's secrets in excerpts (`createMask(secretsOf(schema, config))`). */
  mask?: Mask;
  /** Lowest TLS version (default TLSv1.3) and additional authorities, PEM. */
  tls?: { minVersion?: "TLSv1.2" | "TLSv1.3"; ca?: string };
  connectTimeoutMs?: number;
  /** Longest wait for the answer's head, milliseconds. */
  headersTimeoutMs?: number;
  /** Longest silence within the answer's body, milliseconds. */
  bodyTimeoutMs?: number;
  /** For a whole call unless the request says otherwise, milliseconds. */
  timeoutMs?: number;
  /** Longest answer, bytes, compressed and decompressed (default 64 MiB). */
  maxBytes?: number;
  /** Connections per origin. */
  connections?: number;
  /** Refuses addresses, so that a configured URL cannot reach into our own network. */
  allowAddress?: AllowAddress;
  /** Ends every call of this client. */
  signal?: AbortSignal;
}

const DEFAULTS = {
  connectTimeoutMs: 10_000,
  headersTimeoutMs: 60_000,
  bodyTimeoutMs: 60_000,
  timeoutMs: 120_000,
  maxBytes: 64 * 1024 * 1024,
  connections: 16,
};

/** Http over an undici pool per origin. Never follows redirects, never repeats a request. */
export class HttpClient implements Http {
  private readonly options: HttpOptions & typeof DEFAULTS;
  private readonly mask: Mask;
  private agent: Promise<Agent> | undefined;
  private closed = false;

  constructor(options: HttpOptions = {}) {
    this.options = { ...DEFAULTS, ...options };
    this.mask = options.mask ?? createMask([]);
  }

  async request(request: HttpRequest): Promise<HttpAnswer> {
    const exchange = new Exchange(request.maxBytes ?? this.options.maxBytes);
    try {
      const { status, headers, body } = await this.exchange(request, exchange);
      const plain = await decompress(body, headers["content-encoding"], request.maxBytes ?? this.options.maxBytes);
      const answer = new Answer(request, status, headers, plain, this.mask);
      if (status >= 300 && status < 400 && status !== 304) throw redirected(answer);
      return answer;
    } catch (cause) {
      if (cause instanceof AdapterError) throw cause;
      throw this.failure(cause, request, exchange.written);
    }
  }

  /** Ends open calls and closes the connections. */
  async close(): Promise<void> {
    this.closed = true;
    await (await this.agent)?.destroy();
  }

  /** Loaded when used: a process that speaks to no HTTP server needs no room for it. */
  private async open(): Promise<Agent> {
    const undici = await import("undici");
    const { connections, connectTimeoutMs, headersTimeoutMs, bodyTimeoutMs, allowAddress, tls } = this.options;
    const agent = new undici.Agent({
      connections,
      pipelining: 1,
      headersTimeout: headersTimeoutMs,
      bodyTimeout: bodyTimeoutMs,
      connect: {
        timeout: connectTimeoutMs,
        minVersion: tls?.minVersion ?? "TLSv1.3",
        ...(tls?.ca ? { ca: tls.ca } : {}),
        ...(allowAddress ? { lookup: guardedLookup(allowAddress) } : {}),
      },
    });
    if (this.closed) await agent.destroy();
    return agent;
  }

  private async exchange(request: HttpRequest, exchange: Exchange) {
    const agent = await (this.agent ??= this.open());
    const url = new URL(request.url);
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) url.searchParams.append(name, String(value));
    }
    if (this.options.allowAddress) refuseLiteral(url.hostname, this.options.allowAddress);
    const timeoutMs = request.timeoutMs ?? this.options.timeoutMs;
    const timer = setTimeout(() => exchange.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    const signals = [request.signal, this.options.signal].filter((s): s is AbortSignal => s !== undefined);
    const aborted = () => exchange.abort(asError(signals.find((s) => s.aborted)?.reason));
    for (const signal of signals) signal.addEventListener("abort", aborted, { once: true });
    try {
      if (signals.some((s) => s.aborted)) aborted();
      else agent.dispatch(dispatchOptions(request, url), exchange);
      return await exchange.answer;
    } finally {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener("abort", aborted);
    }
  }

  private failure(cause: unknown, request: HttpRequest, written: boolean): AdapterError {
    const about = { request: requestExcerpt(request, this.mask), cause };
    const sent = written ? "maybe" : "no";
    const details: AdapterErrorDetails = { category: "TRANSIENT", code: "ERP001", sent, ...about };
    const refused = cause instanceof AddressRefusedError || (cause as NodeJS.ErrnoException).code === "ERR_INVALID_URL";
    if (refused)
      return new AdapterError(this.mask(reason(cause)), { ...details, category: "VALIDATION", code: "ERP008" });
    if (cause instanceof TooLargeError) {
      return new AdapterError(cause.message, { ...details, category: "VALIDATION", code: "TOO_LARGE" });
    }
    const what = written ? "the connection failed before the whole answer came" : "the ERP could not be reached";
    return new AdapterError(this.mask(`${what}: ${reason(cause)}`), details);
  }
}

function dispatchOptions(request: HttpRequest, url: URL): Dispatcher.DispatchOptions {
  const headers: Record<string, string> = { accept: "application/json", "accept-encoding": "gzip" };
  let body = request.body ?? null;
  if (request.json !== undefined) {
    headers["content-type"] = "application/json";
    body = JSON.stringify(request.json);
  }
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  return { origin: url.origin, path: url.pathname + url.search, method: request.method, headers, body };
}

/** A redirect may lead a credential to another host; the right address belongs in the configuration. */
function redirected(answer: Answer): AdapterError {
  const location = answer.headers.location ?? "";
  const target = URL.canParse(location, answer.request.url) ? new URL(location, answer.request.url) : undefined;
  const message = `the ERP redirects to ${target ? target.origin + target.pathname : "another address"}; configure that address`;
  return answer.error(message, { category: "VALIDATION", code: "ERP008", sent: "maybe" });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("the call was cancelled");
}

function reason(cause: unknown): string {
  const { code, message, errors } = cause as NodeJS.ErrnoException & { errors?: Error[] };
  // Several addresses tried: Node's AggregateError has no text of its own.
  return message || errors?.[0]?.message || code || "unknown reason";
}
