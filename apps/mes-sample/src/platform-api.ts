import type { ErpEvent, Page, Problem, RecordView } from "./wire";

const PATIENCE_MS = 30_000;

/** The platform answered with a problem document. */
export class ProblemAnswer extends Error {
  constructor(
    readonly status: number,
    problem: Partial<Problem>,
  ) {
    super(`${problem.code ?? status}: ${problem.detail ?? "no detail"}`);
  }
}

/** The two reads that a module needs over HTTP. */
export class PlatformApi {
  constructor(
    private readonly url: string,
    private readonly apiKey: string,
    private readonly stopping: AbortSignal,
  ) {}

  /** Events behind the cursor; without one from the oldest that is kept. Throws ProblemAnswer 410 when they are gone. */
  changes(cursor: string | undefined): Promise<Page<ErpEvent>> {
    return this.get("changes", { limit: "500", ...(cursor === undefined ? {} : { cursor }) });
  }

  /** All records of an entity by key, deleted ones too, page by page. */
  async *records(entity: string): AsyncGenerator<RecordView[]> {
    let cursor: string | null = null;
    do {
      const query: Record<string, string> = { limit: "500", includeDeleted: "true", ...(cursor ? { cursor } : {}) };
      const page: Page<RecordView> = await this.get(`records/${encodeURIComponent(entity)}`, query);
      yield page.items;
      cursor = page.next;
    } while (cursor !== null);
  }

  /** One record; undefined when it is not there (any more). */
  async record(entity: string, key: string): Promise<RecordView | undefined> {
    try {
      return await this.get(`records/${encodeURIComponent(entity)}/${encodeURIComponent(key)}`, {});
    } catch (error) {
      if (error instanceof ProblemAnswer && error.status === 404) return undefined;
      throw error;
    }
  }

  private async get<T>(path: string, query: Record<string, string>): Promise<T> {
    const url = new URL(`/api/v1/erp/${path}?${new URLSearchParams(query)}`, this.url);
    const answer = await fetch(url, {
      headers: { authorization: `Bearer ${this.apiKey}` },
      signal: AbortSignal.any([this.stopping, AbortSignal.timeout(PATIENCE_MS)]),
    });
    if (answer.ok) return (await answer.json()) as T;
    throw new ProblemAnswer(answer.status, (await answer.json().catch(() => ({}))) as Partial<Problem>);
  }
}
