import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { BULK_TABLES } from "./bulk-fields";
import { BulkRows, CHUNK, type BulkQuery } from "./bulk-rows";

/** What a bench serves: so many rows of one model, written thirty days ago. */
export interface BulkOptions {
  rows: number;
  model?: "res.partner" | "product.product";
  port?: number;
  version?: 14 | 17 | 19;
  /** Milliseconds each answer waits, as a distant ERP would. */
  latencyMs?: number;
  /** Fields to serialise before the first request; without them the first pages cost their own serialisation. */
  fields?: readonly string[];
}

/** A bulk server that is listening. */
export interface RunningBulk {
  url: string;
  port: number;
  /** Database name to connect with; any login and password is taken. */
  database: string;
  /** Pages served so far. */
  pages(): number;
  /** Marks this share (0 … 1) of the rows changed, evenly spread: another text and a write_date of a second ago. */
  change(share: number): number;
  stop(): Promise<void>;
}

interface RpcParams {
  service?: string;
  method?: string;
  args?: unknown[];
}

interface Named {
  domain?: unknown;
  limit?: unknown;
  fields?: unknown;
}

/** Starts a server for benches: authenticate, fields_get, search_read, search_count over JSON-RPC, and nothing else. */
export async function startBulk(options: BulkOptions): Promise<RunningBulk> {
  const bulk = new BulkServer(options);
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const send = () => bulk.respond(Buffer.concat(parts).toString(), response);
      if (options.latencyMs) setTimeout(send, options.latencyMs);
      else send();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    database: bulk.database,
    pages: () => bulk.pages,
    change: (share) => bulk.rows.change(share, Date.now()),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

class BulkServer {
  readonly rows: BulkRows;
  readonly database: string;
  pages = 0;
  private readonly model: "res.partner" | "product.product";
  private readonly version: number;

  constructor(options: BulkOptions) {
    this.model = options.model ?? "res.partner";
    this.version = options.version ?? 19;
    this.database = `o${this.version}`;
    this.rows = new BulkRows(options.rows, this.model, Date.now());
    if (options.fields) this.rows.prepare(options.fields);
  }

  respond(body: string, response: ServerResponse): void {
    const rpc = JSON.parse(body || "{}") as { id?: number; params?: RpcParams };
    const result = this.answer(rpc.params ?? {});
    const head = Buffer.from(`{"jsonrpc": "2.0", "id": ${String(rpc.id ?? null)}, "result": `);
    const parts = [head, Buffer.isBuffer(result) ? result : Buffer.from(result), Buffer.from("}")];
    if (Buffer.isBuffer(result)) parts.splice(1, 1, Buffer.from("["), result, Buffer.from("]"));
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": length });
    response.cork();
    for (const part of parts) response.write(part);
    response.uncork();
    response.end();
  }

  private answer(params: RpcParams): string | Buffer {
    if (params.service === "common") return params.method === "version" ? this.versionText() : "2";
    const [, , , model, method, args, kwargs] = params.args ?? [];
    const named = (kwargs ?? {}) as Named;
    const domain = Array.isArray(args) && args.length > 0 ? (args as unknown[])[0] : named.domain;
    const query = readQuery(domain, named);
    if (model !== this.model) return method === "fields_get" ? "{}" : (BULK_TABLES[String(model)] ?? "[]");
    if (method === "fields_get") return this.rows.fieldsGet();
    if (method === "search_count") return String(this.rows.total(query));
    if (method !== "search_read") return "[]";
    this.pages++;
    return this.rows.page(query) ?? "[]";
  }

  private versionText(): string {
    const serie = `${this.version}.0`;
    const info = { server_version: serie, server_version_info: [this.version, 0, 0, "final", 0, ""] };
    return JSON.stringify({ ...info, server_serie: serie, protocol_version: 1 });
  }
}

/** Reads window and keyset out of a domain; every other condition is taken to hold for every row. */
function readQuery(domain: unknown, { limit, fields }: Named): BulkQuery {
  const query: BulkQuery = {
    after: 0,
    from: "",
    before: "9999",
    limit: typeof limit === "number" && limit > 0 ? limit : CHUNK,
    fields: Array.isArray(fields) ? fields.map(String) : [],
  };
  for (const term of Array.isArray(domain) ? (domain as unknown[]) : []) {
    if (!Array.isArray(term)) continue;
    const [field, operator, value] = term as unknown[];
    if (field === "id" && operator === ">" && typeof value === "number") query.after = value;
    if (field !== "write_date" || typeof value !== "string") continue;
    if (operator === ">=") query.from = value;
    if (operator === "<") query.before = value;
  }
  return query;
}
