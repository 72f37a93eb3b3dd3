import type { Json } from "@dovetail/domain";
import { httpClassify } from "./classify";
import type { Http, HttpAnswer, HttpRequest } from "./clients";
import { AdapterError } from "./errors";
import type { Tokens, TokenStore } from "./tokens";

export type Grant = "client_credentials" | "refresh_token" | "password";

/** How access tokens are got (RFC 6749). */
export interface OAuth2Options {
  tokenEndpoint: string;
  grant: Grant;
  clientId: string;
  clientSecret?: string;
  /** How the client shows who it is; default `basic`. */
  clientAuth?: "basic" | "body";
  scope?: string;
  /** Grant `password`. */
  username?: string;
  password?: string;
  /** Grant `refresh_token`: the first one; later ones are the token server's. */
  refreshToken?: string;
  /** Further parameters of the token request (`resource`, `audience`). */
  parameters?: Readonly<Record<string, string>>;
}

/**
 * Http that signs each request with the account's access token. An answer 401 has one token more asked for, once for all
 * who met it, and the request repeated: it was refused, so it had no effect.
 */
export function oauth2(http: Http, tokens: TokenStore, options: OAuth2Options): Http {
  const renew = async (refreshToken: string | undefined) => {
    try {
      return await askToken(http, options, refreshToken);
    } catch (error) {
      const bySignIn = options.grant === "password" && refreshToken !== undefined;
      if (!bySignIn || !(error instanceof AdapterError) || error.category !== "AUTH") throw error;
      return askToken(http, options, undefined);
    }
  };
  return {
    async request(request) {
      const token = await tokens.get(renew);
      const answer = await http.request(signed(request, token.accessToken));
      if (answer.status !== 401) return answer;
      const next = await tokens.get(renew, token.generation);
      return next.generation === token.generation ? answer : http.request(signed(request, next.accessToken));
    },
  };
}

function signed(request: HttpRequest, accessToken: string): HttpRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${accessToken}` } };
}

async function askToken(http: Http, options: OAuth2Options, refreshToken: string | undefined): Promise<Tokens> {
  let answer: HttpAnswer;
  try {
    answer = await http.request(tokenRequest(options, refreshToken));
  } catch (error) {
    throw error instanceof AdapterError ? bare(error) : error;
  }
  const body = answer.status < 300 ? read(answer) : {};
  const accessToken = body["access_token"];
  if (answer.status >= 300 || typeof accessToken !== "string" || accessToken === "") throw refusal(answer);
  const next = body["refresh_token"];
  const seconds = Number(body["expires_in"]);
  return {
    accessToken,
    ...(typeof next === "string" && next !== "" ? { refreshToken: next } : {}),
    ...(Number.isFinite(seconds) && seconds > 0 ? { expiresInMs: seconds * 1000 } : {}),
  };
}

function tokenRequest(options: OAuth2Options, newest: string | undefined): HttpRequest {
  const { grant, clientId, clientSecret, clientAuth = "basic", scope, username, password, parameters } = options;
  const refreshToken = newest ?? options.refreshToken;
  const byRefresh = refreshToken !== undefined && grant !== "client_credentials";
  const form = new URLSearchParams({ ...parameters, grant_type: byRefresh ? "refresh_token" : grant });
  const add = (name: string, value: string | undefined) => value === undefined || form.set(name, value);
  if (byRefresh) add("refresh_token", refreshToken);
  else if (grant === "refresh_token") throw noRefreshToken();
  if (!byRefresh && grant === "password") {
    add("username", username);
    add("password", password);
  }
  add("scope", scope);
  const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded" };
  if (clientAuth === "basic" && clientSecret !== undefined) {
    const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
    headers["authorization"] = `Basic ${Buffer.from(pair).toString("base64")}`;
  } else {
    add("client_id", clientId);
    add("client_secret", clientSecret);
  }
  return { method: "POST", url: options.tokenEndpoint, headers, body: form.toString() };
}

function read(answer: HttpAnswer): Record<string, Json> {
  try {
    const body = answer.json();
    return typeof body === "object" && body !== null && !Array.isArray(body) ? body : {};
  } catch {
    return {};
  }
}

/** 400 of a token server means credentials, whatever it means elsewhere (RFC 6749 5.2). */
function refusal(answer: HttpAnswer): AdapterError {
  const { status, headers } = answer;
  const name = read(answer)["error"];
  const bodyCode = typeof name === "string" ? name.slice(0, 80) : undefined;
  const about = { status, ...(bodyCode === undefined ? {} : { bodyCode }) };
  if (status < 300)
    return new AdapterError("the token server's answer holds no access token", {
      category: "SERVER",
      code: "UNAVAILABLE",
      sent: "maybe",
      ...about,
    });
  const known = httpClassify({ status, headers, ...(bodyCode === undefined ? {} : { bodyCode }) });
  const verdict =
    status === 400 || status === 401 || status === 403
      ? known.category === "RATE_LIMIT"
        ? known
        : { category: "AUTH" as const, code: "ERP002" as const }
      : known;
  const message = `the token server refused (${bodyCode ?? status})`;
  return new AdapterError(message, { ...verdict, sent: verdict.category === "AUTH" ? "no" : "maybe", ...about });
}

/** Without what was sent and answered: both hold tokens. */
function bare({ message, category, code, sent, status, retryAfterMs }: AdapterError): AdapterError {
  return new AdapterError(`the token server could not be asked: ${message}`, {
    category,
    code,
    sent,
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function noRefreshToken(): AdapterError {
  return new AdapterError("the connection has no refresh token", { category: "AUTH", code: "ERP002", sent: "no" });
}
