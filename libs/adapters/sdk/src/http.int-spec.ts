import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { gzipSync } from "node:zlib";
import { AdapterError } from "./errors";
import { HttpClient, type HttpOptions } from "./http";
import { createMask } from "./mask";

type Respond = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let server: Server;
let base: string;
let respond: Respond;
let arrived: string[];
const clients: HttpClient[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      arrived.push(`${request.method} ${request.url} ${body}`);
      respond(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  arrived = [];
  respond = (_, response) => response.end("{}");
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function client(options: HttpOptions = {}): HttpClient {
  const made = new HttpClient(options);
  clients.push(made);
  return made;
}

async function failure(call: Promise<unknown>): Promise<AdapterError> {
  const error = await call.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof AdapterError)) throw new Error(`expected an AdapterError, got ${String(error)}`);
  return error;
}

describe("HttpClient", () => {
  it("sends JSON and reads JSON, gzip or not, over one connection", async () => {
    const sockets = new Set();
    respond = (request, response, body) => {
      sockets.add(request.socket);
      response.setHeader("content-encoding", "gzip");
      response.end(gzipSync(JSON.stringify({ echo: JSON.parse(body), type: request.headers["content-type"] })));
    };
    const http = client();
    for (let n = 0; n < 3; n++) {
      const answer = await http.request({
        method: "POST",
        url: `${base}/a`,
        query: { q: "ü &", none: undefined },
        json: { n },
      });
      expect(answer.json()).toEqual({ echo: { n }, type: "application/json" });
    }
    expect(sockets.size).toBe(1);
    expect(arrived[0]).toContain("/a?q=%C3%BC+%26 ");
  });

  it("hands back any status", async () => {
    respond = (_, response) => response.writeHead(422, { "x-a": "1" }).end("no");
    const answer = await client().request({ method: "GET", url: base });
    expect([answer.status, answer.headers["x-a"], answer.text()]).toEqual([422, "1", "no"]);
  });

  it("an unreachable ERP had surely no effect", async () => {
    const unused = createTcpServer();
    await new Promise<void>((resolve) => unused.listen(0, "127.0.0.1", resolve));
    const { port } = unused.address() as AddressInfo;
    await new Promise((resolve) => unused.close(resolve));
    const error = await failure(client().request({ method: "POST", url: `http://127.0.0.1:${port}`, json: {} }));
    expect(error).toMatchObject({ category: "TRANSIENT", code: "ERP001", sent: "no" });
  });

  it("a time-out after the request was written may have had an effect", async () => {
    respond = () => undefined;
    const error = await failure(client().request({ method: "POST", url: base, json: {}, timeoutMs: 100 }));
    expect(error).toMatchObject({ category: "TRANSIENT", code: "ERP001", sent: "maybe" });
    expect(arrived).toHaveLength(1);
  });

  it("a request that waits for a connection is not written after its time-out", async () => {
    const held: ServerResponse[] = [];
    respond = (_, response) => held.push(response);
    const http = client({ connections: 1 });
    const first = http.request({ method: "POST", url: `${base}/first`, json: {} });
    const second = await failure(http.request({ method: "POST", url: `${base}/second`, json: {}, timeoutMs: 100 }));
    expect(second.sent).toBe("no");
    held[0]?.end("{}");
    await first;
    expect(arrived.some((line) => line.includes("/second"))).toBe(false);
  });

  it("a connection cut during the answer is TRANSIENT and not repeated", async () => {
    respond = (request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("{");
      setImmediate(() => request.socket.destroy());
    };
    const error = await failure(client().request({ method: "GET", url: base }));
    expect(error).toMatchObject({ category: "TRANSIENT", sent: "maybe" });
    expect(arrived).toHaveLength(1);
  });

  it("cut-off gzip and cut-off JSON are TRANSIENT", async () => {
    const whole = gzipSync(JSON.stringify({ text: "x".repeat(1000) }));
    respond = (_, response) => {
      response.setHeader("content-encoding", "gzip");
      response.end(whole.subarray(0, whole.length - 9));
    };
    expect((await failure(client().request({ method: "GET", url: base }))).category).toBe("TRANSIENT");
    respond = (_, response) => response.end('{"a":[1,2');
    const answer = await client().request({ method: "GET", url: base });
    expect(() => answer.json()).toThrow(/cut off at position 9/);
    expect(await failure(Promise.resolve().then(() => answer.json()))).toMatchObject({ category: "TRANSIENT" });
  });

  it("broken JSON is SERVER and names the position", async () => {
    respond = (_, response) => response.end('{"a":1,}');
    const answer = await client().request({ method: "GET", url: base });
    const error = await failure(Promise.resolve().then(() => answer.json()));
    expect(error).toMatchObject({ category: "SERVER", sent: "maybe", status: 200 });
    expect(error.message).toContain("position 7");
    respond = (_, response) => response.end(Buffer.from([0x22, 0xff, 0x22]));
    const invalid = await client().request({ method: "GET", url: base });
    expect(() => invalid.json()).toThrow(/UTF-8/);
  });

  it("an answer that is too long ends the call, compressed or not", async () => {
    const bodies = [Buffer.alloc(3000, "x"), gzipSync(Buffer.alloc(3_000_000, "x"))];
    for (const body of bodies) {
      respond = (_, response) => {
        if (body.length > 3000) response.setHeader("content-encoding", "gzip");
        response.setHeader("transfer-encoding", "chunked");
        response.end(body);
      };
      const error = await failure(client().request({ method: "GET", url: base, maxBytes: 2000 }));
      expect(error).toMatchObject({ category: "VALIDATION", code: "TOO_LARGE" });
    }
  });

  it("refuses redirects", async () => {
    respond = (_, response) => response.writeHead(302, { location: "https://other.example/login?token=abc" }).end();
    const error = await failure(client().request({ method: "POST", url: base, json: {} }));
    expect(error.message).toContain("https://other.example/login");
    expect(error.message).not.toContain("abc");
    expect(arrived).toHaveLength(1);
  });

  it("ends at once when a signal aborts", async () => {
    respond = () => undefined;
    const stop = new AbortController();
    const call = failure(client({ signal: stop.signal }).request({ method: "GET", url: base }));
    setTimeout(() => stop.abort(new Error("stopping")), 30);
    expect((await call).message).toContain("stopping");
    expect((await failure(client({ signal: stop.signal }).request({ method: "GET", url: base }))).sent).toBe("no");
  });

  it("shows masked excerpts", async () => {
    respond = (_, response) => response.writeHead(500).end('{"error":"bad login hunter2"}');
    const answer = await client({ mask: createMask(["hunter2"]) }).request({
      method: "POST",
      url: `${base}/x?key=hunter2`,
      json: { args: ["db", 2, "hunter2"] },
    });
    const error = answer.error("failed for hunter2", { category: "SERVER", code: "UNAVAILABLE" });
    expect(error).toMatchObject({ status: 500, sent: "maybe", request: { body: '{"args":["db",2,"***"]}' } });
    expect(JSON.stringify([error.message, error.request, error.response])).not.toContain("hunter2");
  });

  it("refuses guarded addresses, written out or behind a name, before anything is sent", async () => {
    const http = client({ allowAddress: (address) => !address.startsWith("127.") && address !== "::1" });
    for (const host of ["127.0.0.1", "localhost"]) {
      const url = `http://${host}:${new URL(base).port}/`;
      expect(await failure(http.request({ method: "GET", url }))).toMatchObject({ category: "VALIDATION", sent: "no" });
    }
    expect(arrived).toHaveLength(0);
    const open = client({ allowAddress: () => true });
    expect((await open.request({ method: "GET", url: base.replace("127.0.0.1", "localhost") })).status).toBe(200);
  });

  it("a header that cannot be sent fails the call, not the process", async () => {
    const call = client().request({ method: "GET", url: base, headers: { "x-a": "1\r\nx-b: 2" } });
    expect((await failure(call)).sent).toBe("no");
    expect(arrived).toHaveLength(0);
  });

  it("an address that is none is VALIDATION", async () => {
    expect(await failure(client().request({ method: "GET", url: "not a url" }))).toMatchObject({
      category: "VALIDATION",
      sent: "no",
    });
  });
});
