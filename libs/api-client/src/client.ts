import type { Problem, Routes } from "./generated";

/** A route of the API: "METHOD /path". */
export type Route = Extract<keyof Routes, string>;

/** Members that need not be given when nothing in them is required. */
type Given<Name extends string, T> = Record<never, never> extends T ? { [K in Name]?: T } : { [K in Name]: T };

/** What a call of a route takes. */
export type Arguments<R extends Route> = Given<"path", Routes[R]["path"]> &
  Given<"query", Routes[R]["query"]> &
  (undefined extends Routes[R]["body"] ? { body?: Routes[R]["body"] } : { body: Routes[R]["body"] }) & {
    /** Names the request for 24 hours: repeating it has no second effect. */
    idempotencyKey?: string;
    /** The version that a change assumes. */
    ifVersion?: number;
    signal?: AbortSignal;
  };

/** How to reach a gateway. */
export interface ClientOptions {
  /** `https://dovetail.example.com`, without `/api/v1`. */
  url: string;
  /** An API key, or the token of a login. */
  key?: string;
  /** Instead of the platform's fetch. */
  fetch?: typeof fetch;
}

/** The API's answer to a request that failed: `problem.code` says why, `problem.resolution` what to do. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly problem: Problem,
    /** Seconds after which the request may be repeated. */
    readonly retryAfterSeconds?: number,
  ) {
    super(`${problem.code}: ${problem.detail}`);
  }
}

interface AnyArguments {
  path?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  idempotencyKey?: string;
  ifVersion?: number;
  signal?: AbortSignal;
}

/** A typed client: `client.call("GET /api/v1/erp/records/{entityType}/{key}", { path: { entityType, key } })`. */
export class DovetailClient {
  private readonly send: typeof fetch;

  constructor(private readonly options: ClientOptions) {
    this.send = options.fetch ?? ((input, init) => fetch(input, init));
  }

  /** Calls a route. Throws ApiError, or what fetch throws when there is no answer. */
  async call<R extends Route>(route: R, given: Arguments<R>): Promise<Routes[R]["answer"]> {
    const response = await this.request(route, given);
    const text = await response.text();
    return (text === "" ? undefined : JSON.parse(text)) as Routes[R]["answer"];
  }

  /** Every item of a paged list, page after page. */
  async *items<R extends PagedRoute>(route: R, given: Arguments<R>): AsyncGenerator<ItemOf<R>> {
    let cursor: string | null | undefined;
    do {
      const query = { ...(given as AnyArguments).query, ...(cursor ? { cursor } : {}) };
      const page = (await this.call(route, { ...given, query } as Arguments<R>)) as {
        items: ItemOf<R>[];
        next: string | null;
      };
      yield* page.items;
      cursor = page.next;
    } while (cursor);
  }

  /** As `call`, with the whole answer unread: for event streams and headers. */
  async request<R extends Route>(route: R, given: Arguments<R>): Promise<Response> {
    const { path, query, body, idempotencyKey, ifVersion, signal } = given as AnyArguments;
    const [method = "GET", template = ""] = route.split(" ");
    const response = await this.send(this.options.url.replace(/\/+$/, "") + addressOf(template, path, query), {
      method,
      headers: {
        accept: "application/json, text/event-stream",
        ...(this.options.key === undefined ? {} : { authorization: `Bearer ${this.options.key}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
        ...(ifVersion === undefined ? {} : { "if-match": `"${ifVersion}"` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
    if (!response.ok) throw await errorOf(response);
    return response;
  }
}

/** Routes whose answer is `{items, next}`. */
export type PagedRoute = { [R in Route]: Routes[R]["answer"] extends { items: unknown[] } ? R : never }[Route];
/** What the items of a paged route are. */
export type ItemOf<R extends Route> = Routes[R]["answer"] extends { items: (infer T)[] } ? T : never;

function addressOf(template: string, path: AnyArguments["path"], query: AnyArguments["query"]): string {
  const address = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = path?.[name];
    if (value === undefined || value === "") throw new TypeError(`the path needs ${name}`);
    return encodeURIComponent(String(value));
  });
  const words = Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return words.length === 0 ? address : `${address}?${new URLSearchParams(words).toString()}`;
}

async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
  const seconds = Number.isFinite(retryAfter) ? retryAfter : undefined;
  return new ApiError(response.status, problemOf(text, response), seconds);
}

// Something between us and the gateway may answer in its own words.
function problemOf(text: string, response: Response): Problem {
  try {
    const value = JSON.parse(text) as Partial<Problem>;
    if (typeof value.code === "string" && typeof value.detail === "string") return value as Problem;
  } catch {
    // No JSON: told below.
  }
  const { status, statusText } = response;
  const detail = `The answer ${status} ${statusText} is no problem document.`;
  return { type: "about:blank", title: statusText, status, code: "INTERNAL", detail, retryable: status >= 500 };
}
