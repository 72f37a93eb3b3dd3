import { AdapterError, type OpenContext } from "@dovetail/adapter-sdk";
import type { Json, JsonObject } from "@dovetail/domain";
import type { OdooConfig } from "./config";
import { isObject } from "./errors";
import { JsonRpc, ask } from "./json-rpc";
import { Json2 } from "./json2";
import type { Call, OdooVersion, Rpc, Wire } from "./rpc";
import { Tables } from "./tables";
import type { Field, Fields } from "./values";

const KEEP_MS = 3_600_000;

/** An Odoo domain: a list of conditions in prefix notation. */
export type Domain = readonly Json[];

export interface SearchOptions {
  fields: readonly string[];
  limit?: number;
}

/** An open account of one Odoo database. */
export class OdooSession {
  readonly tables: Tables;
  private readonly known = new Map<string, { fields: Promise<Fields>; at: number }>();

  constructor(
    readonly config: OdooConfig,
    readonly rpc: Rpc,
    readonly clock: OpenContext<OdooConfig>["clock"],
    /** Asked for once. */
    readonly version: () => Promise<OdooVersion>,
  ) {
    this.tables = new Tables(rpc, config, clock);
  }

  /** Archived rows too, or archiving would look like deleting; rows come in order of their ids. */
  async search(model: string, domain: Domain, options: SearchOptions): Promise<JsonObject[]> {
    const { fields, limit } = options;
    const named = { domain: [...domain], fields: [...fields], order: "id", ...(limit ? { limit } : {}) };
    const rows = await this.rpc.call({ model, method: "search_read", named, context: this.readContext() });
    return Array.isArray(rows) ? rows.filter(isObject) : [];
  }

  async create(model: string, values: JsonObject): Promise<number> {
    const ids = await this.rpc.call({
      model,
      method: "create",
      named: { vals_list: [values] },
      context: this.context(),
    });
    const id = Array.isArray(ids) ? ids[0] : ids;
    if (typeof id === "number") return id;
    throw new AdapterError("Odoo did not name the record that it created", {
      category: "SERVER",
      code: "UNAVAILABLE",
      sent: "maybe",
    });
  }

  async write(model: string, id: number, values: JsonObject): Promise<void> {
    await this.rpc.call({ model, method: "write", ids: [id], named: { vals: values }, context: this.context() });
  }

  /** Runs a button of the form, for instance `button_confirm`. */
  async press(model: string, id: number, button: string): Promise<void> {
    await this.rpc.call({ model, method: button, ids: [id], context: this.context() });
  }

  /** The fields of a model in this version, asked for once an hour. */
  fields(model: string): Promise<Fields> {
    const entry = this.known.get(model);
    if (entry && this.clock.monotonic() - entry.at < KEEP_MS) return entry.fields;
    const fields = this.readFields(model);
    this.known.set(model, { fields, at: this.clock.monotonic() });
    fields.catch(() => this.known.delete(model));
    return fields;
  }

  private async readFields(model: string): Promise<Fields> {
    const attributes = ["type", "string", "required", "relation", "digits", "currency_field"];
    const answer = await this.rpc.call({ model, method: "fields_get", named: { attributes }, context: this.context() });
    const fields = new Map<string, Field>();
    for (const [name, value] of Object.entries(isObject(answer) ? answer : {}))
      if (isObject(value)) fields.set(name, fieldOf(value));
    return fields;
  }

  /** Without `active_test`: a button must see the world as a person's click does. */
  private context(): JsonObject {
    const { language, company } = this.config;
    return { lang: language, tz: "UTC", ...(company === undefined ? {} : { allowed_company_ids: [company] }) };
  }

  private readContext(): JsonObject {
    return { ...this.context(), active_test: false };
  }
}

function fieldOf(value: JsonObject): Field {
  const { type, string: label, required, relation, digits, currency_field: currencyField } = value;
  return {
    type: String(type),
    label: typeof label === "string" ? label : "",
    required: required === true,
    ...(typeof relation === "string" ? { relation } : {}),
    ...(Array.isArray(digits) && typeof digits[1] === "number" ? { scale: digits[1] } : {}),
    ...(typeof currencyField === "string" ? { currencyField } : {}),
  };
}

/** Opens without a call: the protocol is chosen and the user signed in when the first one is made. */
export async function openSession(context: OpenContext<OdooConfig>): Promise<OdooSession> {
  const { config, clock, http, signal } = context;
  const wire: Wire = { http, config, signal };
  const version = once(async () => (await ask(wire)).version);
  return new OdooSession(config, new ChosenRpc(once(() => chooseRpc(wire, version))), clock, version);
}

async function chooseRpc(wire: Wire, version: () => Promise<OdooVersion>): Promise<Rpc> {
  const { apiToken: token, apiUsername: login, apiPassword: password, protocol } = wire.config;
  if (protocol === "json2") return new Json2(wire, needed(token, "API key"));
  if (protocol === "auto" && token && (await version()).major >= 19) return new Json2(wire, token);
  return new JsonRpc(wire, needed(login, "user"), needed(token ?? password, "password or API key"));
}

class ChosenRpc implements Rpc {
  constructor(private readonly chosen: () => Promise<Rpc>) {}

  async call(call: Call): Promise<Json> {
    return (await this.chosen()).call(call);
  }

  async now(): Promise<number> {
    return (await this.chosen()).now();
  }
}

/** Remembers a success; a failure is tried again. */
function once<T>(fn: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () =>
    (running ??= fn().catch((error: unknown) => {
      running = undefined;
      throw error;
    }));
}

function needed(value: string | undefined, what: string): string {
  if (value) return value;
  throw new AdapterError(`The connection has no ${what}`, { category: "AUTH", code: "ERP002", sent: "no" });
}
