/** The parts of an OpenAPI 3.1 document that types are made of. */
export interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

interface Operation {
  summary?: string;
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  anyOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  description?: string;
}

const HEAD = `// Written from apps/gateway/openapi.json by the generator beside this folder; do not edit.

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
`;

/** TypeScript types of every schema, and one interface \`Routes\` of every route's parameters, body and answer. */
export function generateTypes(document: Document): string {
  const schemas = Object.entries(document.components.schemas).sort(([a], [b]) => (a < b ? -1 : 1));
  const types = schemas.map(([name, schema]) => `${docOf(schema)}export type ${typeName(name)} = ${typeOf(schema)};\n`);
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => routeOf(`${method.toUpperCase()} ${path}`, operation)),
  );
  return `${HEAD}\n${types.join("\n")}\n/** Every route: "METHOD /path". */\nexport interface Routes {\n${routes.sort().join("")}}\n`;
}

function routeOf(route: string, operation: Operation): string {
  const body = operation.requestBody;
  const bodyType = body ? contentType(body.content) : "undefined";
  const answer = Object.entries(operation.responses).find(([status]) => status.startsWith("2"))?.[1];
  const members = [
    `path: ${parameters(operation, "path")}`,
    `query: ${parameters(operation, "query")}`,
    `body${body?.required === true ? "" : "?"}: ${bodyType}`,
    `answer: ${answer?.content ? contentType(answer.content) : "undefined"}`,
  ];
  const summary = operation.summary ? `  /** ${operation.summary.replaceAll("*/", "* /")} */\n` : "";
  return `${summary}  ${JSON.stringify(route)}: { ${members.join("; ")} };\n`;
}

function contentType(content: Record<string, { schema: Schema }>): string {
  const json = content["application/json"];
  return json ? typeOf(json.schema) : "string";
}

function parameters(operation: Operation, place: "path" | "query"): string {
  const found = (operation.parameters ?? []).filter((one) => one.in === place);
  if (found.length === 0) return "Record<never, never>";
  return `{ ${found.map(({ name, required, schema }) => `${JSON.stringify(name)}${required ? "" : "?"}: ${typeOf(schema)}`).join("; ")} }`;
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return typeName(schema.$ref.split("/").at(-1) ?? "");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" | ");
  if (schema.allOf) return schema.allOf.map(typeOf).join(" & ");
  const kinds = schema.type === undefined ? [] : [schema.type].flat();
  // A value of every kind: what such a schema says of members and items is Json again.
  if (kinds.length === 0 || kinds.length > 4) return "Json";
  return kinds.map((kind) => kindOf(kind, schema)).join(" | ");
}

function kindOf(kind: string, schema: Schema): string {
  if (kind === "integer" || kind === "number") return "number";
  if (kind === "array") return `(${schema.items ? typeOf(schema.items) : "Json"})[]`;
  return kind === "object" ? objectOf(schema) : kind;
}

function objectOf({ properties = {}, required = [], additionalProperties }: Schema): string {
  const members = Object.entries(properties).map(
    ([name, schema]) =>
      `${docOf(schema)}${JSON.stringify(name)}${required.includes(name) ? "" : "?"}: ${typeOf(schema)}`,
  );
  if (members.length > 0) return `{ ${members.join("; ")} }`;
  const values = typeof additionalProperties === "object" ? typeOf(additionalProperties) : "Json";
  return `{ [name: string]: ${values} }`;
}

function docOf({ description }: Schema): string {
  return description ? `/** ${description.replaceAll("*/", "* /").replace(/\s+/g, " ")} */ ` : "";
}

function typeName(name: string): string {
  return name.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
