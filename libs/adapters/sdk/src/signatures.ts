/**
 * How inbound notices of an ERP prove where they come from. Data only: one verifier serves every adapter.
 * The secret is never part of it. Text in `signed` may hold `{body}`, `{timestamp}` and `{id}`.
 */
export type SignatureScheme =
  /** No signature: the URL holds a secret (Odoo's automation rules). */
  | { kind: "secretPath" }
  /** A fixed token in a header, compared in constant time. */
  | { kind: "token"; header: string; prefix?: string }
  /** User name and password of HTTP Basic. */
  | { kind: "basic" }
  | HmacScheme;

export interface HmacScheme {
  kind: "hmac";
  algorithm: "sha1" | "sha256" | "sha512";
  /** Header of the signature, lower case. */
  header: string;
  encoding: "hex" | "base64";
  /** Text in front of the signature, for instance `sha256=`. */
  prefix?: string;
  /** Several signatures in one header are separated by this; one valid is enough. */
  separator?: string;
  /** What is signed; default `{body}`. */
  signed?: string;
  /** Header of the time stamp (seconds since 1970), lower case; older than `toleranceSeconds` is refused. */
  timestampHeader?: string;
  toleranceSeconds?: number;
  /** Header of the delivery's id, lower case. */
  idHeader?: string;
  /** How the stored secret becomes key bytes; default utf8. */
  secretEncoding?: "utf8" | "base64" | "hex";
}
