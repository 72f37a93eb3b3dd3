/** A JSON Schema (2020-12) as OpenAPI 3.1 uses it. */
export type Schema = Readonly<Record<string, unknown>>;

export const text = (more: Schema = {}): Schema => ({ type: "string", ...more });
export const whole = (more: Schema = {}): Schema => ({ type: "integer", ...more });
export const flag: Schema = { type: "boolean" };
export const time: Schema = { type: "string", format: "date-time" };
export const free: Schema = { type: "object", additionalProperties: true };
export const list = (items: Schema): Schema => ({ type: "array", items });
export const among = (values: readonly string[]): Schema => ({ type: "string", enum: [...values] });
export const map = (values: Schema): Schema => ({ type: "object", additionalProperties: values });
export const the = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** The same, or null. */
export const orNull = (schema: Schema): Schema =>
  typeof schema["type"] === "string" && !schema["enum"]
    ? { ...schema, type: [schema["type"], "null"] }
    : { anyOf: [schema, { type: "null" }] };

/** An object; members whose names end with `?` may be absent. */
export function object(members: Record<string, Schema>, example?: unknown): Schema {
  const properties = Object.fromEntries(
    Object.entries(members).map(([name, schema]) => [name.replace(/\?$/, ""), schema]),
  );
  const required = Object.keys(members).filter((name) => !name.endsWith("?"));
  return { type: "object", properties, required, ...(example === undefined ? {} : { examples: [example] }) };
}
