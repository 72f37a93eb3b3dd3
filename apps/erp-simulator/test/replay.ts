import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Running } from "../src/start";
import { isObject, type Json, type JsonObject } from "../src/odoo/values";

/** One captured exchange. */
export interface Capture {
  file: string;
  request: { method: string; path: string; headers?: Record<string, string>; body: Json };
  response: { status: number; headers: [string, string][]; body: Json };
}

const ROOT = join(__dirname, "../../../../shared/data/captures");

/** Whether the captures lie beside the checkout. */
export const capturesPresent = existsSync(ROOT);

/** File names of one system, in the order they were taken. */
export function captureFiles(system: string): string[] {
  if (!capturesPresent) return [];
  return readdirSync(join(ROOT, system)).sort((a, b) => parseInt(a, 10) - parseInt(b, 10));
}

/** The content of one file, as it is. */
export function readCapture(system: string, file: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, system, file), "utf8"));
}

/** The simulator's answer to a replayed request. */
export interface Replayed {
  status: number;
  contentType: string;
  body: Json;
}

/**
 * Sends captured requests to a simulator, putting its own ids, stamps, session and key
 * in the place of those that the captured server gave out.
 */
export class Replayer {
  private session = "none";
  private readonly ids = new Map<string, Map<number, number>>();
  private readonly texts: [string, string][] = [];
  private lastId: [number, number] | undefined;

  constructor(private readonly running: Running) {}

  async send({ file, request, response }: Capture): Promise<Replayed> {
    const body =
      typeof request.body === "string" || request.body === null
        ? request.body
        : JSON.stringify(this.substitute(request.body, request.path));
    const session = file.includes("bogus") ? "bogus" : this.session;
    const headers = Object.fromEntries(
      Object.entries(request.headers ?? { "Content-Type": "application/json" }).map(([name, value]) => [
        name,
        value.replaceAll("<SID>", session).replaceAll("<APIKEY>", "simulated-api-key"),
      ]),
    );
    const sent = await fetch(this.running.url + request.path, {
      method: request.method,
      headers,
      redirect: "manual",
      ...(body === null ? {} : { body }),
    });
    const cookie = sent.headers.get("set-cookie");
    if (cookie) this.session = /session_id=([^;]+)/.exec(cookie)?.[1] ?? this.session;
    const contentType = sent.headers.get("content-type") ?? "";
    const text = await sent.text();
    const parsed = contentType.startsWith("application/json") ? (JSON.parse(text) as Json) : text;
    if (typeof request.body !== "string") this.learn(request.body, response.body, parsed, request.path);
    return { status: sent.status, contentType, body: parsed };
  }

  /** Remembers which id of ours stands for which captured one. */
  learn(request: Json, captured: Json, ours: Json, path: string): void {
    const { model, method } = callOf(request, path);
    const theirs = resultOf(captured);
    const mine = resultOf(ours);
    if (method === "create" || method === "search") this.pairIds(model, theirs, mine);
    if (method !== "search_read" || !Array.isArray(theirs) || !Array.isArray(mine)) return;
    if (model === "product.product") this.pairIds(model, idsOf(theirs), idsOf(mine));
    const [last, ownLast] = [theirs[theirs.length - 1], mine[mine.length - 1]];
    if (model !== "res.partner" || this.texts.length > 0 || !isObject(last ?? null) || !isObject(ownLast ?? null))
      return;
    if (!JSON.stringify(request).includes('"limit":2,"order":"write_date asc, id asc"')) return;
    const [their, own] = [last as JsonObject, ownLast as JsonObject];
    this.lastId = [Number(their["id"]), Number(own["id"])];
    for (const seconds of [0, 1])
      this.texts.push([later(String(their["write_date"]), seconds), later(String(own["write_date"]), seconds)]);
  }

  private pairIds(model: string, theirs: Json, mine: Json): void {
    const known = this.ids.get(model) ?? new Map<number, number>();
    const [a, b] = [[theirs].flat(), [mine].flat()];
    for (const [i, id] of a.entries()) if (typeof id === "number" && typeof b[i] === "number") known.set(id, b[i]);
    this.ids.set(model, known);
  }

  private own(model: string, id: Json): Json {
    return typeof id === "number" ? (this.ids.get(model)?.get(id) ?? id) : id;
  }

  substitute(body: Json, path: string): Json {
    const { model, method } = callOf(body, path);
    let text = JSON.stringify(body).replaceAll("<APIKEY>", "simulated-api-key");
    for (const [theirs, mine] of this.texts) {
      text = text.replaceAll(theirs, mine).replaceAll(theirs.replace(" ", "T"), mine.replace(" ", "T"));
    }
    if (this.lastId) text = text.replaceAll(`["id",">",${this.lastId[0]}]`, `["id",">",${this.lastId[1]}]`);
    const copy = JSON.parse(text) as JsonObject;
    const args = ((copy["params"] as JsonObject | undefined)?.["args"] ?? []) as Json[];
    const positional = args[5];
    if (
      /^(read|write|unlink|button_|_compute)/.test(method) &&
      Array.isArray(positional) &&
      Array.isArray(positional[0])
    ) {
      positional[0] = positional[0].map((id) => this.own(model, id));
    }
    if (Array.isArray(copy["ids"])) copy["ids"] = copy["ids"].map((id) => this.own(model, id));
    return this.walk(copy);
  }

  private walk(value: Json): Json {
    const fields: Record<string, string> = {
      partner_id: "res.partner",
      product_id: "product.product",
      model_id: "ir.model",
    };
    if (Array.isArray(value)) {
      if (value[0] === "order_id" && value.length === 3)
        return ["order_id", value[1] ?? "=", this.own("purchase.order", value[2] ?? 0)];
      if (value[0] === 6 && Array.isArray(value[2]))
        return [6, 0, value[2].map((id) => this.own("ir.model.fields", id))];
      return value.map((item) => this.walk(item));
    }
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => {
        const relation = fields[key];
        return [key, relation ? this.own(relation, member) : this.walk(member)];
      }),
    );
  }
}

function later(stamp: string, seconds: number): string {
  return new Date(Date.parse(`${stamp.replace(" ", "T")}Z`) + seconds * 1000)
    .toISOString()
    .slice(0, 19)
    .replace("T", " ");
}

function idsOf(rows: Json[]): Json[] {
  return rows.map((row) => (isObject(row) ? (row["id"] ?? null) : null));
}

function callOf(body: Json, path: string): { model: string; method: string } {
  const [, named, verb] = /^\/json\/2\/([^/]+)\/(\w+)/.exec(path) ?? [];
  if (named !== undefined) return { model: named, method: verb ?? "" };
  const params = isObject(body) && isObject(body["params"] ?? null) ? (body["params"] as JsonObject) : {};
  const args = Array.isArray(params["args"]) ? params["args"] : [];
  return {
    model: String(params["model"] ?? args[3] ?? ""),
    method: String(params["method"] === "execute_kw" ? args[4] : params["method"]),
  };
}

function resultOf(body: Json): Json {
  if (Array.isArray(body)) return body;
  return isObject(body) && "result" in body ? (body["result"] ?? null) : null;
}
