import { ApiError, DovetailClient } from "./client";

interface Sent {
  url: string;
  init: RequestInit;
}

function clientWith(...answers: Response[]): { client: DovetailClient; sent: Sent[] } {
  const sent: Sent[] = [];
  const send = async (input: unknown, init?: RequestInit): Promise<Response> => {
    sent.push({ url: String(input), init: init ?? {} });
    const next = answers.shift();
    if (!next) throw new Error("no more answers");
    return next;
  };
  return { client: new DovetailClient({ url: "https://x.example/", key: "dvk_1", fetch: send as typeof fetch }), sent };
}

const json = (body: unknown, init: ResponseInit = {}) => new Response(JSON.stringify(body), init);

describe("DovetailClient", () => {
  it("puts path, query, headers and body where they belong", async () => {
    const { client, sent } = clientWith(
      json({ record: {}, transactions: [] }, { status: 202 }),
      json({ items: [], next: null }),
    );
    await client.call("PUT /api/v1/erp/records/{entityType}/{key}", {
      path: { entityType: "Part", key: "a/b|c" },
      body: { partNumber: "a/b|c" },
      idempotencyKey: "evt-1",
      ifVersion: 6,
    });
    expect(sent[0]).toMatchObject({
      url: "https://x.example/api/v1/erp/records/Part/a%2Fb%7Cc",
      init: {
        method: "PUT",
        body: '{"partNumber":"a/b|c"}',
        headers: { authorization: "Bearer dvk_1", "if-match": '"6"', "idempotency-key": "evt-1" },
      },
    });
    await client.call("GET /api/v1/erp/sync-jobs", { query: { status: "failed", limit: 5 } });
    expect(sent[1]?.url).toBe("https://x.example/api/v1/erp/sync-jobs?status=failed&limit=5");
    expect(sent[1]?.init).not.toHaveProperty("body");
  });

  it("reads every page of a list", async () => {
    const { client, sent } = clientWith(
      json({ items: [{ id: 1 }, { id: 2 }], next: "c2" }),
      json({ items: [{ id: 3 }], next: null }),
    );
    const ids: unknown[] = [];
    for await (const item of client.items("GET /api/v1/users", { query: { limit: 2 } })) ids.push(item.id);
    expect(ids).toEqual([1, 2, 3]);
    expect(sent.map(({ url }) => url.split("?")[1])).toEqual(["limit=2", "limit=2&cursor=c2"]);
  });

  it("has no answer for 204", async () => {
    const { client } = clientWith(new Response(null, { status: 204 }));
    expect(await client.call("DELETE /api/v1/users/{id}", { path: { id: "u" } })).toBeUndefined();
  });

  it("throws the problem with the time after which to try again", async () => {
    const problem = { code: "UNAVAILABLE", detail: "The bus is down.", status: 503, retryable: true };
    const { client } = clientWith(json(problem, { status: 503, headers: { "retry-after": "2" } }));
    const error: unknown = await client.call("GET /api/v1/erp/systems", {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 503,
      problem,
      retryAfterSeconds: 2,
      message: "UNAVAILABLE: The bus is down.",
    });
  });

  it("makes a problem of what is none, and misses parts of the path before it asks", async () => {
    const { client, sent } = clientWith(new Response("<html>", { status: 502, statusText: "Bad Gateway" }));
    await expect(client.call("GET /api/v1/erp/systems", {})).rejects.toMatchObject({
      problem: { status: 502, retryable: true },
    });
    await expect(client.call("GET /api/v1/users/{id}", { path: { id: "" } })).rejects.toThrow("the path needs id");
    expect(sent.length).toBe(1);
  });
});
