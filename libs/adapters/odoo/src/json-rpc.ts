import { AdapterError, type Excerpt, type HttpAnswer } from "@dovetail/adapter-sdk";
import type { Json, JsonObject } from "@dovetail/domain";
import { faultError, isObject, readFault, statusError } from "./errors";
import { type Call, type OdooVersion, type Rpc, type Wire, address, answeredAt, excerpt } from "./rpc";

/** Odoo's JSON-RPC at `/jsonrpc` (14 to 19): every outcome is HTTP 200, so the body decides. */
export class JsonRpc implements Rpc {
  private uid: Promise<number> | undefined;
  private id = 0;

  constructor(
    private readonly wire: Wire,
    private readonly login: string,
    private readonly password: string,
  ) {}

  async call(call: Call): Promise<Json> {
    const uid = await this.authenticated();
    const { config } = this.wire;
    // `create` reads its first argument by place, and `write` names its own differently from model to model.
    const { vals_list: list, vals, ...named } = call.named ?? {};
    const positional: Json[] = [];
    if (call.ids) positional.push([...call.ids]);
    for (const value of [list, vals]) if (value !== undefined) positional.push(value);
    const options: JsonObject = { ...named, ...(call.context ? { context: call.context } : {}) };
    const args: Json[] = [config.database, uid, this.password, call.model, call.method, positional, options];
    const { result } = await post(this.wire, ++this.id, "object", "execute_kw", args, excerpt(call));
    return result;
  }

  async now(): Promise<number> {
    return (await ask(this.wire)).at;
  }

  /** One request however many calls wait for it; a failure is not remembered. */
  private authenticated(): Promise<number> {
    this.uid ??= this.authenticate().catch((error: unknown) => {
      this.uid = undefined;
      throw error;
    });
    return this.uid;
  }

  private async authenticate(): Promise<number> {
    const { config } = this.wire;
    const args: Json[] = [config.database, this.login, this.password, {}];
    const head = { head: "POST common.authenticate" };
    const { result } = await post(this.wire, ++this.id, "common", "authenticate", args, head);
    // A wrong password is no error here, only `false`.
    if (typeof result === "number") return result;
    throw new AdapterError("Odoo refuses this user or password", {
      category: "AUTH",
      code: "ERP002",
      sent: "no",
      status: 200,
      request: head,
    });
  }
}

/** The server's version and clock; needs no account. */
export async function ask(wire: Wire): Promise<{ version: OdooVersion; at: number }> {
  const head = { head: "POST common.version" };
  const { result, answer } = await post(wire, 0, "common", "version", [], head);
  const text = isObject(result) && typeof result["server_version"] === "string" ? result["server_version"] : "";
  const info = isObject(result) && Array.isArray(result["server_version_info"]) ? result["server_version_info"] : [];
  const major = Number.parseInt(String(info[0] ?? text).replace(/^\D+/, ""), 10);
  return { version: { text, major: Number.isNaN(major) ? 0 : major }, at: answeredAt(answer, head) };
}

async function post(
  wire: Wire,
  id: number,
  service: string,
  method: string,
  args: Json[],
  request: Excerpt,
): Promise<{ result: Json; answer: HttpAnswer }> {
  const answer = await wire.http.request({
    method: "POST",
    url: address(wire.config, "/jsonrpc"),
    json: { jsonrpc: "2.0", method: "call", id, params: { service, method, args } },
    timeoutMs: wire.config.timeoutSeconds * 1000,
    signal: wire.signal,
  });
  const isJson = /json/.test(answer.headers["content-type"] ?? "");
  const body = isJson ? answer.json() : undefined;
  const fault = readFault(body);
  if (fault) throw faultError(fault, answer.status, request);
  if (answer.status !== 200 || !isObject(body))
    throw statusError(answer.status === 200 ? 404 : answer.status, request, answer.headers);
  return { result: body["result"] ?? null, answer };
}
