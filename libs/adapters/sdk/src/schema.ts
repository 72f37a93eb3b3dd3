import type { Json } from "@dovetail/domain";

/** How an integration proves who it is (SPEC 13.3); `NONE` for systems without accounts. */
export type AuthMethod = "NONE" | "BASIC" | "OAUTH2" | "API_KEY" | "SSH_KEY" | "SHARED_SECRET";

/** url: absolute http(s) URL. text: one line. longText: several lines, for keys. json: any JSON. */
export type FieldType = "text" | "longText" | "url" | "integer" | "boolean" | "choice" | "json";

/** One field of a connection, as forms, validation and docs need it. */
export interface FieldSpec {
  label: string;
  type: FieldType;
  /**
   * Where an integration holds it: a member of its own (`connection`: apiEndpoint, apiVersion, authMethod),
   * of `settings`, or of the sealed credentials.
   */
  in: "connection" | "settings" | "credentials";
  required?: boolean;
  /** Never shown, logged or put on the bus. */
  secret?: boolean;
  /** A regular expression that the whole text must match. */
  pattern?: string;
  choices?: readonly string[];
  min?: number;
  max?: number;
  default?: Json;
  /** Asked for with these auth methods only. */
  auth?: readonly AuthMethod[];
  help?: string;
  example?: string;
}

/** A field with its name, as served to user interfaces. */
export interface SchemaField extends FieldSpec {
  name: string;
}

declare const CONFIG: unique symbol;

/** The fields of a connection whose checked value has type `C`. Plain data: `JSON.stringify` is its wire form. */
export interface Schema<C> {
  readonly fields: readonly SchemaField[];
  readonly [CONFIG]?: C;
}

type ValueOf<F extends FieldSpec> = F["type"] extends "integer"
  ? number
  : F["type"] extends "boolean"
    ? boolean
    : F["type"] extends "json"
      ? Json
      : F["choices"] extends readonly (infer V)[]
        ? V
        : string;

type Present<F> = { [N in keyof F]: F[N] extends { required: true } | { default: Json } ? N : never }[keyof F];
type Flat<T> = { [N in keyof T]: T[N] };

/** The checked value's type, derived from the fields. */
export type ConfigOf<F extends Record<string, FieldSpec>> = Flat<
  { [N in Present<F>]: ValueOf<F[N]> } & { [N in Exclude<keyof F, Present<F>>]?: ValueOf<F[N]> }
>;

/** A schema from its fields by name; the config type follows from the literal. */
export function defineSchema<const F extends Record<string, FieldSpec>>(fields: F): Schema<ConfigOf<F>> {
  return { fields: Object.entries(fields).map(([name, spec]) => ({ name, ...spec })) };
}
