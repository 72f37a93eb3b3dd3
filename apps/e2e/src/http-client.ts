import type { JsonObject } from "@dovetail/domain";
import { eventually } from "@dovetail/testing";
import { fetch } from "undici";

/** What came back of a request; `body` is the parsed JSON, or the text of anything else. */
export interface Answer<T = JsonObject> {
  status: number;
  header(name: string): string | null;
  text: string;
  body: T;
}

/** What a request carries beside its key. A body of text or bytes goes out as it is. */
export interface Sent {
  body?: unknown;
  headers?: Record<string, string>;
}

interface List<T> {
  items: T[];
  next: string | null;
}

/** The gateway's API as a client with one key sees it. Paths begin after `/api/v1` unless they are absolute URLs. */
export class HttpClient {
  constructor(
    readonly url: string,
    readonly key: string | undefined,
  ) {}

  async send<T = JsonObject>(method: string, path: string, { body, headers = {} }: Sent = {}): Promise<Answer<T>> {
    const raw = typeof body === "string" || Buffer.isBuffer(body);
    const response = await fetch(path.startsWith("http") ? path : `${this.url}/api/v1${path}`, {
      method,
      headers: {
        ...(this.key === undefined ? {} : { authorization: `Bearer ${this.key}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get("content-type") ?? "") && text !== "";
    return {
      status: response.status,
      header: (name) => response.headers.get(name),
      text,
      body: (json ? JSON.parse(text) : text) as T,
    };
  }

  /** GET that must succeed. */
  async get<T = JsonObject>(path: string): Promise<T> {
    return this.good(await this.send<T>("GET", path), path);
  }

  /** POST, PUT, PATCH or DELETE that must succeed. */
  async change<T = JsonObject>(method: string, path: string, body?: unknown): Promise<T> {
    return this.good(await this.send<T>(method, path, body === undefined ? {} : { body }), path);
  }

  /** Every item of a list, page by page. */
  async all<T = JsonObject>(path: string, limit = 1000): Promise<T[]> {
    const items: T[] = [];
    let cursor: string | null = null;
    do {
      const place = `${path}${path.includes("?") ? "&" : "?"}limit=${limit}`;
      const page: List<T> = await this.get(cursor === null ? place : `${place}&cursor=${encodeURIComponent(cursor)}`);
      items.push(...page.items);
      cursor = page.next;
    } while (cursor !== null);
    return items;
  }

  /** Reads again until `check` neither throws nor answers false. */
  async until<T>(path: string, check: (answer: T) => unknown, timeoutMs = 20_000): Promise<T> {
    return eventually(
      async () => {
        const answer = await this.get<T>(path);
        if (check(answer) === false) throw new Error(`still ${JSON.stringify(answer).slice(0, 500)}`);
        return answer;
      },
      { timeoutMs },
    );
  }

  private good<T>(answer: Answer<T>, path: string): T {
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  }
}
