import type { Faults, FaultTarget } from "../faults";
import { deliver, type Delivery, type RunCall } from "../striking";
import { Accounts, type AccountOptions } from "./accounts";
import { Database } from "./database";
import type { ModelCall } from "./dispatch";
import type { Face, Incoming } from "./face";
import { docAnswer } from "./doc";
import { OdooError } from "./errors";
import { json2Answer, readJson2 } from "./json2";
import { malformedJson, notFound, wrongContentType, type Answer } from "./pages";
import { callCommon, readObjectCall, rpcAnswer, rpcError, sessionExpired, versionInfo } from "./rpc";
import { sessionInfo } from "./session-info";
import { isObject, type Json, type JsonObject, type Output } from "./values";
import { xmlRpcAnswer } from "./xmlrpc";

const whole = (answer: Answer): Delivery => ({ answer, transport: "whole" });

/** The HTTP face of one simulated Odoo. */
export class OdooServer implements Face {
  readonly accounts: Accounts;

  constructor(
    readonly database: Database,
    private readonly faults: Faults,
    accounts: AccountOptions,
    readonly baseUrl: () => string,
  ) {
    this.accounts = new Accounts(accounts);
  }

  get version() {
    return this.accounts.options.version;
  }

  async handle(request: Incoming): Promise<Delivery> {
    const { path, method } = request;
    if (path === "/jsonrpc") return this.jsonRoute(request, (rpc) => this.serviceCall(rpc));
    if (path === "/web/session/authenticate") return this.jsonRoute(request, (rpc) => this.authenticate(rpc));
    if (path === "/web/session/get_session_info")
      return this.jsonRoute(request, (rpc) => this.sessionInfo(request, rpc));
    if (path === "/web/webclient/version_info") {
      return this.jsonRoute(request, async (rpc) => whole(this.result(rpc, versionInfo(this.version))));
    }
    if (/^\/web\/dataset\/call_kw(\/|$)/.test(path)) return this.jsonRoute(request, (rpc) => this.callKw(request, rpc));
    if (path === "/web/dataset/search_read" && this.version === 14) {
      return this.jsonRoute(request, (rpc) => this.datasetSearchRead(request, rpc));
    }
    if (/^\/xmlrpc\/(2\/)?(common|object|db)$/.test(path) && method === "POST") return this.xmlRpc(request);
    if (path.startsWith("/json/2/") && this.version === 19) return this.json2(request);
    if (path.startsWith("/json/1/") && this.version === 19) return whole(redirectJson1(request));
    if (path.startsWith("/doc-bearer/") && this.version === 19) return whole(docAnswer(this, request));
    if (path === "/web/health" && this.version !== 14) {
      return whole({ status: 200, headers: { "Content-Type": "application/json" }, body: '{"status": "pass"}' });
    }
    return whole(notFound(this.version, (request.headers["content-type"] ?? "").startsWith("application/json")));
  }

  private async jsonRoute(request: Incoming, handle: (rpc: JsonObject) => Promise<Delivery>): Promise<Delivery> {
    const type = request.headers["content-type"] ?? "";
    if (request.method !== "POST" || !/^application\/(json|json-rpc)\b/.test(type)) {
      const kind = this.version === 19 ? "jsonrpc" : "json";
      return whole(wrongContentType(this.version, request.path, kind, request.method));
    }
    let parsed: Json;
    try {
      parsed = JSON.parse(request.body) as Json;
    } catch {
      return whole(malformedJson(this.version, request.body));
    }
    return handle(isObject(parsed) ? parsed : {});
  }

  private async serviceCall(rpc: JsonObject): Promise<Delivery> {
    const params = (rpc["params"] ?? {}) as JsonObject;
    const args = Array.isArray(params["args"]) ? params["args"] : [];
    if (params["service"] === "object") {
      const target = { model: String(args[3]), method: String(args[4]) };
      return this.guarded(rpc, target, () => readObjectCall(this.accounts, params["method"], args));
    }
    const run: RunCall = async ({ fail }) =>
      this.outcome(rpc, () => {
        if (fail) throw fail;
        if (params["service"] === "db" && params["method"] === "list") return [this.accounts.options.database];
        return callCommon(this.accounts, params["method"], args);
      });
    return this.strike({ model: String(params["service"]), method: String(params["method"]) }, run);
  }

  /** A model call: password or session first, then the call under whatever faults strike it. */
  private guarded(rpc: JsonObject, target: FaultTarget, open: () => ModelCall): Promise<Delivery> {
    return this.strike(target, async ({ lateCommitMs, fail }) => {
      try {
        if (fail) throw fail;
        return this.result(rpc, await this.database.call(open(), 2, lateCommitMs));
      } catch (error) {
        return this.failure(rpc, error);
      }
    });
  }

  private strike(target: FaultTarget, run: RunCall): Promise<Delivery> {
    return deliver(this.faults.strike(target), run);
  }

  private result(rpc: JsonObject, result: Output): Answer {
    return rpcAnswer(this.version, rpc["id"] ?? null, { result });
  }

  private failure(rpc: JsonObject, error: unknown): Answer {
    if (error instanceof OdooError && error.odooName.endsWith("SessionExpiredException")) {
      return sessionExpired(this.version, rpc["id"] ?? null);
    }
    return rpcAnswer(this.version, rpc["id"] ?? null, { error: rpcError(this.version, error) });
  }

  private outcome(rpc: JsonObject, work: () => Output): Answer {
    try {
      return this.result(rpc, work());
    } catch (error) {
      return this.failure(rpc, error);
    }
  }

  private async authenticate(rpc: JsonObject): Promise<Delivery> {
    const params = (rpc["params"] ?? {}) as JsonObject;
    return this.strike({ model: "session", method: "authenticate" }, async ({ fail }) => {
      try {
        if (fail) throw fail;
        const id = this.accounts.openSession(params["db"], params["login"], params["password"]);
        const answer = this.result(rpc, sessionInfo(this));
        answer.headers["Set-Cookie"] = `session_id=${id}; Max-Age=604800; HttpOnly; Path=/`;
        return answer;
      } catch (error) {
        return this.failure(rpc, error);
      }
    });
  }

  private hasSession(request: Incoming): boolean {
    const cookie = /(?:^|;\s*)session_id=([^;]+)/.exec(request.headers["cookie"] ?? "")?.[1];
    return this.accounts.hasSession(cookie);
  }

  private async sessionInfo(request: Incoming, rpc: JsonObject): Promise<Delivery> {
    if (!this.hasSession(request)) return whole(sessionExpired(this.version, rpc["id"] ?? null));
    return whole(this.result(rpc, sessionInfo(this)));
  }

  private async callKw(request: Incoming, rpc: JsonObject): Promise<Delivery> {
    if (!this.hasSession(request)) return whole(sessionExpired(this.version, rpc["id"] ?? null));
    const params = (rpc["params"] ?? {}) as JsonObject;
    const call: ModelCall = {
      model: String(params["model"]),
      method: String(params["method"]),
      args: Array.isArray(params["args"]) ? params["args"] : [],
      kwargs: isObject(params["kwargs"] ?? null) ? (params["kwargs"] as JsonObject) : {},
    };
    return this.guarded(rpc, call, () => call);
  }

  private async datasetSearchRead(request: Incoming, rpc: JsonObject): Promise<Delivery> {
    if (!this.hasSession(request)) return whole(sessionExpired(this.version, rpc["id"] ?? null));
    const { model, domain, fields, offset, limit, sort, context } = (rpc["params"] ?? {}) as JsonObject;
    const kwargs: JsonObject = {
      domain: domain ?? [],
      fields: fields ?? [],
      offset: offset ?? 0,
      limit: limit || null,
      order: sort ?? null,
      ...(context ? { context } : {}),
    };
    const call: ModelCall = { model: String(model), method: "web_search_read", args: [], kwargs };
    return this.guarded(rpc, { model: call.model, method: "search_read" }, () => call);
  }

  private xmlRpc(request: Incoming): Promise<Delivery> {
    return this.strike({ model: "xmlrpc", method: request.path }, ({ fail }) => xmlRpcAnswer(this, request, fail));
  }

  private async json2(request: Incoming): Promise<Delivery> {
    const opened = readJson2(this, request);
    if ("answer" in opened) return whole(opened.answer);
    return this.strike(opened.call, ({ lateCommitMs, fail }) => json2Answer(this, opened.call, lateCommitMs, fail));
  }
}

/** 19 redirects its deprecated read route to the same address with an offset. */
function redirectJson1({ path, query }: Incoming): Answer {
  const target = `${path}?${query}${query ? "&" : ""}offset=0`;
  const shown = target.replace(/&/g, "&amp;");
  const body = `<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n<p>You should be redirected automatically to the target URL: <a href="${shown}">${shown}</a>. If not, click the link.\n`;
  return { status: 307, headers: { "Content-Type": "text/html; charset=utf-8", Location: target }, body };
}
