import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Json, JsonObject } from "@dovetail/domain";
import { Pool } from "undici";
import type { FaultKind } from "../history";

/** A call of the platform as it came in. */
export interface OdooCall {
  model: string;
  method: string;
  /** Ids and values, as JSON-RPC carries them. */
  args: Json[];
  options: JsonObject;
}

/** What went out to the ERP and what was answered. */
export interface Passed {
  call: OdooCall;
  at: number;
  /** Whether it reached the ERP: not, with its answer, or after the caller had been left alone. */
  effect: "none" | "now" | "later";
  answered: boolean;
  status?: number;
  /** The ERP's own result; absent when it was not asked or refused. */
  result?: Json;
}

/** One thing to go wrong at the next call that it fits. */
export interface PlannedFault {
  kind: FaultKind;
  fits(call: OdooCall): boolean;
  /** stale-page: keeps the answer until this has happened, or for some seconds. */
  until?: (result: Json) => Promise<boolean>;
  /** Told once: whether its effect was seen. */
  done(observed: boolean, call: OdooCall, passed?: Passed): void;
}

const STATUS: Partial<Record<FaultKind, number>> = { "status-429": 429, "status-500": 500, "status-503": 503 };
const LATE_MS = 1_200;

/** Who owns the ERP behind the door. */
export interface Watch {
  passed(passed: Passed): void;
  /** Whether a search does not find this record yet. */
  isHidden(model: string, id: number): boolean;
}

/** Stands between the platform and an Odoo, reads every call and breaks those it was told to. */
export class OdooEdge {
  private planned: PlannedFault[] = [];
  private readonly pool: Pool;

  private constructor(
    private readonly server: Server,
    target: string,
    private readonly watch: Watch,
  ) {
    this.pool = new Pool(target, { connections: 32 });
    server.on("request", (request, response) => void this.serve(request, response));
  }

  static async start(target: string, watch: Watch): Promise<OdooEdge> {
    const server = createServer({ keepAliveTimeout: 65_000 });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new OdooEdge(server, target, watch);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  plan(fault: PlannedFault): void {
    this.planned.push(fault);
  }

  /** Forgets what has not struck. */
  heal(): void {
    const left = this.planned;
    this.planned = [];
    for (const fault of left) fault.done(false, { model: "", method: "", args: [], options: {} });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.pool.destroy();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const body = Buffer.concat(chunks);
    const call = callOf(body);
    const fault = call && this.take(call);
    try {
      if (call && fault) await this.broken(request, response, { body, call, fault });
      else await this.plain(request, response, body, call);
    } catch {
      request.socket.destroy();
    }
  }

  private take(call: OdooCall): PlannedFault | undefined {
    const index = this.planned.findIndex((fault) => fault.fits(call));
    return index < 0 ? undefined : this.planned.splice(index, 1)[0];
  }

  private async plain(
    request: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
    call: OdooCall | undefined,
  ): Promise<void> {
    const at = Date.now();
    const found = await this.ask(request, body);
    const answer = call && isSearch(call) ? this.withoutHidden(call.model, found) : found;
    const answered = !response.destroyed;
    if (call) this.watch.passed({ call, at, effect: "now", answered, status: answer.status, ...resultOf(answer.body) });
    reply(response, answer);
  }

  private async broken(
    request: IncomingMessage,
    response: ServerResponse,
    { body, call, fault }: { body: Buffer; call: OdooCall; fault: PlannedFault },
  ): Promise<void> {
    const { kind } = fault;
    const at = Date.now();
    const report = (passed: Omit<Passed, "call" | "at">, observed = true): void => {
      this.watch.passed({ call, at, ...passed });
      fault.done(observed, call, { call, at, ...passed });
    };
    const status = STATUS[kind];
    if (status !== undefined) {
      report({ effect: "none", answered: true, status });
      response.writeHead(status, { "content-type": "text/html", ...(status === 429 ? { "retry-after": "1" } : {}) });
      response.end("<h1>not now</h1>");
      return;
    }
    if (kind === "timeout-without-effect") {
      await left(response);
      return report({ effect: "none", answered: false });
    }
    if (kind === "late-effect") {
      await left(response);
      await sleep(LATE_MS);
      const { body: text, status: own } = await this.ask(request, body);
      const result = resultOf(text);
      return report({ effect: "later", answered: false, status: own, ...result }, "result" in result);
    }
    const answer = await this.ask(request, body);
    const result = resultOf(answer.body);
    if (kind === "effect-after-timeout") {
      report({ effect: "now", answered: false, status: answer.status, ...result }, "result" in result);
      await left(response);
      return;
    }
    if (kind === "stale-page") {
      const moved = (await fault.until?.(result.result ?? null)) ?? false;
      report({ effect: "now", answered: true, status: answer.status, ...result }, moved);
      return reply(response, answer);
    }
    report({ effect: "now", answered: kind !== "truncated-page", status: answer.status, ...result });
    if (kind === "truncated-children" || kind === "row-left-out")
      return reply(response, { ...answer, body: withoutLast(answer.body) });
    // truncated-page: half an answer, then nothing
    response.writeHead(answer.status, { ...answer.headers, "content-length": answer.body.length });
    response.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), () => request.socket.destroy());
  }

  /** The index of what can be searched for follows the records at some distance. */
  private withoutHidden<A extends { body: Buffer }>(model: string, answer: A): A {
    const parsed = JSON.parse(answer.body.toString("utf8")) as { result?: Json };
    if (!Array.isArray(parsed.result)) return answer;
    const isHidden = (row: Json): boolean => this.watch.isHidden(model, Number((row as JsonObject)["id"]));
    const result = parsed.result.filter((row) => !isHidden(row));
    return { ...answer, body: Buffer.from(JSON.stringify({ ...parsed, result })) };
  }

  private async ask(request: IncomingMessage, body: Buffer) {
    const { "content-type": type = "application/json" } = request.headers;
    const answer = await this.pool.request({
      method: "POST",
      path: request.url ?? "/",
      headers: { "content-type": type },
      body,
    });
    const headers: Record<string, string> = {};
    for (const name of ["content-type", "date", "retry-after"]) {
      const value = answer.headers[name];
      if (typeof value === "string") headers[name] = value;
    }
    return { status: answer.statusCode, headers, body: Buffer.from(await answer.body.arrayBuffer()) };
  }
}

/** The caller hangs up. */
async function left(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, 20_000);
    response.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
  response.destroy();
}

function reply(response: ServerResponse, answer: { status: number; headers: Record<string, string>; body: Buffer }) {
  if (response.destroyed) return;
  response.writeHead(answer.status, { ...answer.headers, "content-length": answer.body.length });
  response.end(answer.body);
}

/** A search by a part of a text, as that by reference; pages are read by stamps and ids. */
function isSearch({ method, options }: OdooCall): boolean {
  return method === "search_read" && JSON.stringify(options["domain"] ?? []).includes('"like"');
}

function callOf(body: Buffer): OdooCall | undefined {
  try {
    const { params } = JSON.parse(body.toString("utf8")) as { params?: { service?: string; args?: Json[] } };
    if (params?.service !== "object") return undefined;
    const [, , , model, method, args, options] = params.args ?? [];
    return {
      model: String(model),
      method: String(method),
      args: Array.isArray(args) ? args : [],
      options: (options ?? {}) as JsonObject,
    };
  } catch {
    return undefined;
  }
}

function resultOf(body: Buffer): { result?: Json } {
  try {
    const parsed = JSON.parse(body.toString("utf8")) as { result?: Json };
    return parsed.result === undefined ? {} : { result: parsed.result };
  } catch {
    return {};
  }
}

/** The same answer with one row less: lines that a reader does not get to see. */
function withoutLast(body: Buffer): Buffer {
  const parsed = JSON.parse(body.toString("utf8")) as { result?: Json };
  if (Array.isArray(parsed.result)) parsed.result.pop();
  return Buffer.from(JSON.stringify(parsed));
}
