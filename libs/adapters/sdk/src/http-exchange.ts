import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";

/** The answer is longer than the caller allows. */
export class TooLargeError extends Error {
  constructor(readonly limit: number) {
    super(`the ERP's answer is longer than ${limit} bytes`);
  }
}

export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

function flatten(headers: IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}

/**
 * One request on undici's dispatcher interface. `written` turns true just before the first byte goes out: that is
 * what decides whether a failed push may be repeated, and undici tells it on this level only.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  written = false;
  private controller?: Dispatcher.DispatchController;
  private ended?: Error;
  private status = 0;
  private headers: Record<string, string> = {};
  private readonly chunks: Buffer[] = [];
  private size = 0;
  private resolve!: (answer: RawAnswer) => void;
  private reject!: (error: Error) => void;
  readonly answer = new Promise<RawAnswer>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });

  constructor(private readonly maxBytes: number) {}

  /** Ends it at once; a request that still waits for a connection is then never written. */
  abort(reason: Error): void {
    this.ended ??= reason;
    this.controller?.abort(this.ended);
    this.reject(this.ended);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.ended) controller.abort(this.ended);
    else this.written = true;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.status = status;
    this.headers = flatten(headers);
    if (Number(this.headers["content-length"] ?? 0) > this.maxBytes) this.abort(new TooLargeError(this.maxBytes));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.size += chunk.length;
    if (this.size > this.maxBytes) return this.abort(new TooLargeError(this.maxBytes));
    this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.resolve({ status: this.status, headers: this.headers, body: Buffer.concat(this.chunks) });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.reject(this.ended ?? error);
  }
}
