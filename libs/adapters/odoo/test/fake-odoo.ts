import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Http, HttpAnswer, HttpRequest } from "@dovetail/adapter-sdk";
import { AdapterError } from "@dovetail/adapter-sdk";
import type { Json, JsonObject } from "@dovetail/domain";
import type { OdooConfig } from "../src/config";
import type { Call, Rpc } from "../src/rpc";
import { OdooSession } from "../src/session";

export const CONFIG: OdooConfig = {
  apiEndpoint: "http://odoo.test/",
  database: "o14",
  protocol: "auto",
  language: "en_US",
  stockLocations: "all",
  requestSeconds: 120,
  timeoutSeconds: 5,
  apiUsername: "admin",
  apiPassword: "very secret",
};

/** The machine's own clock. */
export const CLOCK = { now: () => Date.now(), monotonic: () => performance.now(), sleep: async () => undefined };

/** An answer as the HTTP client would give it. */
export function answer(request: HttpRequest, status: number, body: Json | string, headers = {}): HttpAnswer {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return {
    status,
    headers: { "content-type": "application/json", date: "Fri, 20 Nov 2026 10:30:00 GMT", ...headers },
    body: Buffer.from(text),
    text: () => text,
    json: () => JSON.parse(text) as Json,
    request,
    error: (message, details) => new AdapterError(message, { sent: "no", ...details }),
  };
}

/** Answers each request by a function, and keeps them. */
export function fakeHttp(reply: (request: HttpRequest) => HttpAnswer): Http & { requests: HttpRequest[] } {
  const requests: HttpRequest[] = [];
  return {
    requests,
    async request(request) {
      requests.push(request);
      return reply(request);
    },
  };
}

export interface Capture {
  request: { method: string; path: string; body: Json };
  response: { status: number; headers: [string, string][]; body: Json };
}

const folder = join(__dirname, "../../../../../shared/data/captures");
export const hasCaptures = existsSync(folder);

/** A request and answer that were taken from a running Odoo. */
export function capture(system: string, number: string): Capture {
  const name = readdirSync(join(folder, system)).find((file) => file.startsWith(`${number}-`)) ?? "";
  return JSON.parse(readFileSync(join(folder, system, name), "utf8")) as Capture;
}

/** The captured answer, whatever is asked. */
export function replay({ response }: Capture): (request: HttpRequest) => HttpAnswer {
  const headers = Object.fromEntries(response.headers.map(([name, value]) => [name.toLowerCase(), value]));
  return (request) => answer(request, response.status, response.body as Json, headers);
}

type Handler = (call: Call) => Json;

/** A session whose calls are answered by `model.method`, with the small tables that every row needs. */
export function fakeSession(handlers: Record<string, Handler>, config: Partial<OdooConfig> = {}) {
  const calls: Call[] = [];
  const all: Record<string, Handler> = { ...TABLES, ...handlers };
  const rpc: Rpc & { at: number } = {
    at: Date.parse("2026-11-20T10:30:00Z"),
    async call(call) {
      calls.push(call);
      const handler = all[`${call.model}.${call.method}`];
      if (!handler) throw new Error(`unexpected ${call.model}.${call.method}`);
      return handler(call);
    },
    now: async () => rpc.at,
  };
  const version = async () => ({ text: "14.0", major: 14 });
  return { session: new OdooSession({ ...CONFIG, ...config }, rpc, CLOCK, version), rpc, calls };
}

const TABLES: Record<string, Handler> = {
  "uom.uom.search_read": () => [
    { id: 1, name: "Units" },
    { id: 3, name: "kg" },
    { id: 9, name: "Pack of 6" },
  ],
  "res.currency.search_read": () => [
    { id: 1, name: "EUR", decimal_places: 2 },
    { id: 2, name: "KWD", decimal_places: 3 },
  ],
  "res.country.search_read": () => [{ id: 165, code: "NL" }],
  "res.company.search_read": () => [{ id: 1, name: "Main" }],
  "stock.location.search_read": () => [
    { id: 8, complete_name: "WH/Stock" },
    { id: 16, complete_name: "Virtual/Scrap" },
    { id: 22, complete_name: "Virtual/Scrap" },
  ],
};

/** `fields_get` of fields given as name → type. */
export function fieldsGet(types: Record<string, string>): Handler {
  return () =>
    Object.fromEntries(
      Object.entries(types).map(([name, type]): [string, JsonObject] => [name, { type, string: name }]),
    );
}
