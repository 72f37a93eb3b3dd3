import { setTimeout as sleep } from "node:timers/promises";

/** The gateway refused; `status` and `code` are the problem document's. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The gateway's public API, as any client sees it. */
export class Api {
  constructor(
    readonly url: string,
    private readonly key: string,
    private readonly signal: AbortSignal,
  ) {}

  get<T>(path: string): Promise<T> {
    return this.send<T>("GET", path);
  }

  post<T>(path: string, body: unknown, idempotencyKey?: string): Promise<T> {
    return this.send<T>("POST", path, body, idempotencyKey);
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.send<T>("PUT", path, body);
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.send<T>("PATCH", path, body);
  }

  /** Asks until `done` says so; throws after `ms`. */
  async until<T>(ask: () => Promise<T>, done: (answer: T) => boolean, ms: number): Promise<T> {
    const deadline = performance.now() + ms;
    for (;;) {
      const answer = await ask();
      if (done(answer)) return answer;
      if (performance.now() > deadline) throw new Error(`not within ${Math.round(ms / 1000)} s`);
      await sleep(150, undefined, { signal: this.signal });
    }
  }

  /** Every item of a list. */
  async all<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const sign = path.includes("?") ? "&" : "?";
      const page: { items: T[]; next: string | null } = await this.get(
        `${path}${sign}limit=1000${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      items.push(...page.items);
      cursor = page.next;
    }
    return items;
  }

  private async send<T>(method: string, path: string, body?: unknown, idempotencyKey?: string): Promise<T> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      signal: this.signal,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer: unknown = text === "" ? undefined : JSON.parse(text);
    if (response.ok) return answer as T;
    const { code = "", detail, title } = (answer ?? {}) as { code?: string; detail?: string; title?: string };
    throw new ApiError(response.status, code, `${method} ${path}: ${detail ?? title ?? response.statusText}`);
  }
}
