import type { ModelCall } from "./dispatch";
import { OdooError } from "./errors";
import { wrongContentType, type Answer } from "./pages";
import { errorData } from "./rpc";
import type { Face, Incoming } from "./face";
import { isObject, toJson, type Json } from "./values";

/** `POST /json/2/<model>/<method>`: the call, or the answer that refuses it. */
export function readJson2(server: Face, request: Incoming): { call: ModelCall } | { answer: Answer } {
  const refuse = (name: string, message: string, status: number) => ({
    answer: failure(new OdooError(`werkzeug.exceptions.${name}`, message, status, [status])),
  });
  if (request.method !== "POST") return refuse("NotFound", "Did you mean POST /json/2/<model>/<method>?", 404);
  if (!(request.headers["content-type"] ?? "").startsWith("application/json")) {
    return { answer: wrongContentType(19, request.path, "json2", "POST") };
  }
  const key = /^bearer (.+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
  if (key === undefined) {
    return refuse("Unauthorized", "User not authenticated, use an API Key with a Bearer Authorization header.", 401);
  }
  if (!server.accounts.isApiKey(key)) return refuse("Unauthorized", "Invalid apikey", 401);
  let kwargs: Json;
  try {
    kwargs = JSON.parse(request.body || "{}") as Json;
  } catch {
    const at = request.body.length;
    const text = `could not parse the body as json: Expecting value: line 1 column ${at + 1} (char ${at})`;
    return refuse("BadRequest", text, 400);
  }
  const [model = "", method = ""] = request.path.slice("/json/2/".length).split("/").map(decodeURIComponent);
  return { call: { model, method, args: [], kwargs: isObject(kwargs) ? kwargs : {}, named: true } };
}

/** Runs the call: a bare result, or an error document with its own status. */
export async function json2Answer(
  server: Face,
  call: ModelCall,
  lateCommitMs: number,
  fail: OdooError | undefined,
): Promise<Answer> {
  try {
    if (fail) throw fail;
    const result = await server.database.call(call, 2, lateCommitMs);
    return { status: 200, headers: { "Content-Type": "application/json; charset=utf-8" }, body: toJson(result) };
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): Answer {
  const status = error instanceof OdooError ? error.status : 500;
  const headers: Answer["headers"] = { "Content-Type": "application/json; charset=utf-8" };
  if (status === 401) headers["WWW-Authenticate"] = "Bearer ";
  return { status, headers, body: toJson(errorData(error)) };
}
