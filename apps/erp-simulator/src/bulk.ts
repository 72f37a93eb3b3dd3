import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a bench serves: `rows` partners or products, of which `changed` (0 … 1) may be marked changed later. */
export interface BulkOptions {
  rows: number;
  model?: "res.partner" | "product.product";
  port?: number;
  version?: 14 | 17 | 19;
  /** Milliseconds each page waits, as a distant ERP would. */
  latencyMs?: number;
}

/** A bulk server that is listening. */
export interface RunningBulk {
  url: string;
  port: number;
  database: string;
  /** Pages served so far. */
  pages(): number;
  /** Marks this share of the rows changed, spread evenly: a new text and a later write_date. Returns how many. */
  change(share: number): number;
  stop(): Promise<void>;
}

/** write_date of unchanged rows; changed rows carry a later one per generation. */
const BASE_TIME = Date.UTC(2026, 0, 5, 8, 0, 0);
const CHUNK = 1000;

interface Query {
  after: number;
  from: string;
  before: string;
  limit: number;
}

const stampOf = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ");

/** Rows of one model, serialised once: ids 1…rows, one Buffer per chunk of 1,000. */
class BulkRows {
  private readonly chunks: (Buffer | undefined)[];
  private generation = 0;
  private step = 0;

  constructor(
    readonly count: number,
    private readonly model: string,
  ) {
    this.chunks = new Array<Buffer | undefined>(Math.ceil(count / CHUNK));
  }

  get lastStamp(): string {
    return stampOf(BASE_TIME + this.generation * 86_400_000);
  }

  private readonly baseStamp = stampOf(BASE_TIME);

  isChanged(id: number): boolean {
    return this.step > 0 && id % this.step === 0;
  }

  change(share: number): number {
    this.generation++;
    this.step = share > 0 ? Math.max(1, Math.round(1 / share)) : 0;
    this.chunks.fill(undefined);
    return this.step === 0 ? 0 : Math.floor(this.count / this.step);
  }

  private row(id: number): string {
    const changed = this.isChanged(id);
    const version = changed ? this.generation : 0;
    const stamp = changed ? this.lastStamp : this.baseStamp;
    const padded = String(id).padStart(7, "0");
    if (this.model === "product.product") {
      return `{"id":${id},"display_name":"[P${padded}] Part ${padded}","name":"Part ${padded} rev ${version}","default_code":"P${padded}","barcode":"87${padded}0000","active":true,"standard_price":${(id % 9973) / 100},"list_price":${(id % 9973) / 70},"lst_price":${(id % 9973) / 70},"uom_id":[1,"Units"],"categ_id":[${2 + (id % 4)},"All / Components"],"weight":${(id % 400) / 10},"type":"consu","write_date":"${stamp}","create_date":"${this.baseStamp}"}`;
    }
    return `{"id":${id},"display_name":"Supplier ${padded}","name":"Supplier ${padded}","ref":"S${padded}","is_company":true,"active":true,"email":"office${version ? `.v${version}` : ""}@supplier-${padded}.example","phone":"+31 10 ${padded}","mobile":false,"vat":"NL${padded}B01","street":"${id % 240} Quay Street","street2":false,"zip":"${10000 + (id % 89999)}","city":"Rotterdam","state_id":false,"country_id":[1,"Netherlands"],"country_code":"NL","currency_id":[1,"EUR"],"property_purchase_currency_id":false,"property_supplier_payment_term_id":[2,"30 Days"],"property_payment_term_id":false,"parent_id":false,"supplier_rank":1,"customer_rank":0,"type":"contact","lang":"en_US","website":"https://supplier-${padded}.example","comment":false,"category_id":[1],"function":false,"write_date":"${stamp}","create_date":"${this.baseStamp}"}`;
  }

  /** Rows `first`…`last` without brackets. */
  private chunk(index: number): Buffer {
    const known = this.chunks[index];
    if (known) return known;
    const texts: string[] = [];
    const last = Math.min(this.count, (index + 1) * CHUNK);
    for (let id = index * CHUNK + 1; id <= last; id++) texts.push(this.row(id));
    const made = Buffer.from(texts.join(","));
    this.chunks[index] = made;
    return made;
  }

  /** Serialises every page now, so that serving costs no time. */
  prepare(): void {
    for (let index = 0; index < this.chunks.length; index++) this.chunk(index);
  }

  /** The body between the brackets of a page: whole chunks from memory where the page falls on their borders. */
  page({ after, from, before, limit }: Query): Buffer[] {
    const all = from <= this.baseStamp && before > this.lastStamp;
    if (all && after % CHUNK === 0 && limit === CHUNK) return after < this.count ? [this.chunk(after / CHUNK)] : [];
    const texts: string[] = [];
    const onlyChanged = from > this.baseStamp && this.step > 0;
    const start = onlyChanged ? Math.floor(after / this.step) * this.step + this.step : after + 1;
    for (let id = start; id <= this.count && texts.length < limit; id += onlyChanged ? this.step : 1) {
      if (this.inWindow(id, from, before)) texts.push(this.row(id));
    }
    return texts.length > 0 ? [Buffer.from(texts.join(","))] : [];
  }

  total(from: string, before: string): number {
    const inBase = from <= this.baseStamp && before > this.baseStamp;
    const inLast = from <= this.lastStamp && before > this.lastStamp;
    const changed = this.step === 0 ? 0 : Math.floor(this.count / this.step);
    return (inBase ? this.count - changed : 0) + (inLast ? changed : 0);
  }

  private inWindow(id: number, from: string, before: string): boolean {
    const stamp = this.isChanged(id) ? this.lastStamp : this.baseStamp;
    return stamp >= from && stamp < before;
  }
}

/** Reads the window and keyset out of a domain; other conditions are taken as true. */
function readQuery(domain: unknown, limit: unknown): Query {
  const query: Query = {
    after: 0,
    from: "",
    before: "9999",
    limit: typeof limit === "number" && limit > 0 ? limit : CHUNK,
  };
  for (const term of Array.isArray(domain) ? (domain as unknown[]) : []) {
    if (!Array.isArray(term)) continue;
    const [field, operator, value] = term as unknown[];
    if (field === "id" && operator === ">" && typeof value === "number") query.after = value;
    if (field === "write_date" && typeof value === "string") {
      if (operator === ">=" || operator === ">") query.from = value;
      if (operator === "<" || operator === "<=") query.before = operator === "<" ? value : `${value}~`;
    }
  }
  return query;
}

interface RpcParams {
  service?: string;
  method?: string;
  args?: unknown[];
}

/** Starts a server for benches: it answers authenticate, search_read, search_count and fields_get, and nothing else. */
export async function startBulk(options: BulkOptions): Promise<RunningBulk> {
  const model = options.model ?? "res.partner";
  const version = options.version ?? 19;
  const rows = new BulkRows(options.rows, model);
  rows.prepare();
  let pages = 0;
  const answer = (params: RpcParams): string | Buffer[] => {
    if (params.service === "common") return params.method === "version" ? versionText(version) : "2";
    const [, , , asked, method, args, kwargs] = params.args ?? [];
    const named = (kwargs ?? {}) as { domain?: unknown; limit?: unknown; order?: string };
    const domain = Array.isArray(args) && args.length > 0 ? (args as unknown[])[0] : named.domain;
    const query = readQuery(domain, named.limit);
    if (method === "fields_get") return fieldsText();
    if (asked !== model) return method === "search_count" ? "0" : "[]";
    if (method === "search_count") return String(rows.total(query.from, query.before));
    if (method !== "search_read") return "[]";
    pages++;
    if (/write_date desc/i.test(named.order ?? "")) return `[{"id":${rows.count},"write_date":"${rows.lastStamp}"}]`;
    return rows.page(query);
  };
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const rpc = JSON.parse(Buffer.concat(parts).toString() || "{}") as { id?: number; params?: RpcParams };
      const send = () => respond(response, rpc.id ?? null, answer(rpc.params ?? {}));
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
    database: `o${version}`,
    pages: () => pages,
    change: (share) => {
      const count = rows.change(share);
      rows.prepare();
      return count;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function respond(response: ServerResponse, id: number | null, result: string | Buffer[]): void {
  const head = Buffer.from(`{"jsonrpc":"2.0","id":${String(id)},"result":${typeof result === "string" ? result : "["}`);
  const tail = Buffer.from(typeof result === "string" ? "}" : "]}");
  const parts = typeof result === "string" ? [head, tail] : [head, ...result, tail];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": length });
  response.cork();
  for (const part of parts) response.write(part);
  response.uncork();
  response.end();
}

function versionText(version: number): string {
  return `{"server_version":"${version}.0","server_version_info":[${version},0,0,"final",0,""],"server_serie":"${version}.0","protocol_version":1}`;
}

/** Every member a row has, as char: enough for an adapter that asks which fields exist. */
function fieldsText(): string {
  const names = [
    "id",
    "display_name",
    "name",
    "ref",
    "is_company",
    "active",
    "email",
    "phone",
    "mobile",
    "vat",
    "street",
    "street2",
    "zip",
    "city",
    "state_id",
    "country_id",
    "currency_id",
    "property_purchase_currency_id",
    "property_supplier_payment_term_id",
    "property_payment_term_id",
    "parent_id",
    "supplier_rank",
    "customer_rank",
    "type",
    "lang",
    "website",
    "comment",
    "category_id",
    "function",
    "write_date",
    "create_date",
    "default_code",
    "barcode",
    "standard_price",
    "list_price",
    "lst_price",
    "uom_id",
    "categ_id",
    "weight",
  ];
  return JSON.stringify(
    Object.fromEntries(
      names.map((name) => [name, { type: "char", string: name, required: false, readonly: false, store: true }]),
    ),
  );
}
