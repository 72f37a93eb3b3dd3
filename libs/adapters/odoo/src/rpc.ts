import type { Excerpt, Http, HttpAnswer } from "@dovetail/adapter-sdk";
import type { Json, JsonObject } from "@dovetail/domain";
import type { OdooConfig } from "./config";
import { statusError } from "./errors";

/** One method call on a model: `ids` for methods of records, the rest by the names of Odoo's own parameters. */
export interface Call {
  model: string;
  method: string;
  ids?: readonly number[];
  named?: JsonObject;
  context?: JsonObject;
}

/** Odoo's external API, whichever of its protocols carries it. */
export interface Rpc {
  call(call: Call): Promise<Json>;
  /** The server's own clock in milliseconds since 1970, from the `Date` of an answer; it costs one call. */
  now(): Promise<number>;
}

/** Version by the unauthenticated endpoint that 14 to 19 share. */
export interface OdooVersion {
  /** `14.0`, `saas~17.2` */
  text: string;
  major: number;
}

/** What both protocols need to send a request. */
export interface Wire {
  http: Http;
  config: OdooConfig;
  signal: AbortSignal;
}

export function address(config: OdooConfig, path: string): string {
  return config.apiEndpoint.replace(/\/+$/, "") + path;
}

/** A request as an operator may see it: model, method and values, never a password. */
export function excerpt(call: Call): Excerpt {
  const body = JSON.stringify({ ...(call.ids ? { ids: call.ids } : {}), ...call.named });
  return { head: `POST ${call.model}.${call.method}`, body: body.slice(0, 2000) };
}

export function answeredAt(answer: HttpAnswer, request: Excerpt): number {
  const at = Date.parse(answer.headers["date"] ?? "");
  // Without the server's clock a watermark would be a guess.
  if (Number.isNaN(at)) throw statusError(502, request);
  return at;
}
