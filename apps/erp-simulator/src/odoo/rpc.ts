import type { Accounts } from "./accounts";
import type { ModelCall } from "./dispatch";
import { OdooError, valueError } from "./errors";
import { TRACEBACK, type Answer } from "./pages";
import { isObject, toJson, type Json, type JsonObject, type OdooVersion, type Output } from "./values";

/** `server_version` and its companions. */
export function versionInfo(version: OdooVersion): Output {
  const serie = `${version}.0`;
  return {
    server_version: serie,
    server_version_info: [version, 0, 0, "final", 0, ""],
    server_serie: serie,
    protocol_version: 1,
  };
}

/** What the service `object` is asked for, its arguments unpacked and its password checked. */
export function readObjectCall(accounts: Accounts, method: Json | undefined, args: Json[]): ModelCall {
  const [database, uid, password, model, name, ...rest] = args;
  accounts.checkCall(database, uid, password);
  if (method === "execute") return { model: String(model), method: String(name), args: rest, kwargs: {} };
  if (method !== "execute_kw") throw valueError(`Method not found: ${String(method)}`);
  const positional = Array.isArray(rest[0]) ? rest[0] : [];
  const kwargs = isObject(rest[1] ?? null) ? (rest[1] as JsonObject) : {};
  return { model: String(model), method: String(name), args: positional, kwargs };
}

/** The service `common`. */
export function callCommon(accounts: Accounts, method: Json | undefined, args: Json[]): Output {
  if (method === "version") return versionInfo(accounts.options.version);
  if (method === "login" || method === "authenticate") return accounts.authenticate(args[0], args[1], args[2]);
  throw new OdooError("builtins.Exception", `Method not found: ${String(method)}`, 500);
}

/** A JSON-RPC answer: HTTP 200 whatever happened. */
export function rpcAnswer(version: OdooVersion, id: Json, outcome: { result: Output } | { error: Output }): Answer {
  return {
    status: 200,
    headers: { "Content-Type": contentType(version) },
    body: toJson({ jsonrpc: "2.0", id: id as Output, ...outcome }),
  };
}

/** The content type of JSON answers. */
export function contentType(version: OdooVersion): string {
  return version === 14 ? "application/json" : "application/json; charset=utf-8";
}

/** The error member of a JSON-RPC answer: code 200 on 14 and 17, 0 on 19. */
export function rpcError(version: OdooVersion, error: unknown): Output {
  return { code: version === 19 ? 0 : 200, message: "Odoo Server Error", data: errorData(error) };
}

/** A session that is unknown or over: code 100 on every release. */
export function sessionExpired(version: OdooVersion, id: Json): Answer {
  const gone = new OdooError("odoo.http.SessionExpiredException", "Session expired", 403);
  const error = { code: 100, message: "Odoo Session Expired", data: errorData(gone) };
  return rpcAnswer(version, version === 14 ? id : null, { error });
}

/** Name, message and arguments of an error; anything unforeseen looks like a Python error. */
export function errorData(error: unknown): { [key: string]: Output } {
  const known = error instanceof OdooError;
  const message = error instanceof Error ? error.message : String(error);
  return {
    name: known ? error.odooName : "builtins.RuntimeError",
    debug: TRACEBACK,
    message,
    arguments: [message, ...(known ? error.extraArguments : [])],
    context: {},
  };
}
