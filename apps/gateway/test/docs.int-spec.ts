import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import { startHarness, type Harness } from "./harness";
import { declaredRoutes } from "./routes";

interface Operation {
  parameters: { name: string; in: string }[];
  operationId: string;
  security?: unknown[];
  responses: Record<string, { content?: Record<string, { schema?: unknown }> }>;
}

interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { examples?: unknown[] }> };
}

/** One line per route and per schema: a change shows as the lines that it touches. */
function inLines({ paths, components, ...frame }: Document): string {
  const { schemas, ...others } = components;
  const lines = (members: object): string =>
    Object.entries(members)
      .map(([name, member]) => `${JSON.stringify(name)}: ${JSON.stringify(member)}`)
      .join(",\n");
  const head = JSON.stringify({ ...frame, components: others }).slice(0, -2);
  return `${head},\n"schemas": {\n${lines(schemas)}\n}},\n"paths": {\n${lines(paths)}\n}}\n`;
}

describe("documentation", () => {
  let harness: Harness;
  let document: Document;

  beforeAll(async () => {
    harness = await startHarness();
    document = (await harness.call("GET", "/docs/openapi.json")).body as Document;
  });

  afterAll(() => harness?.stop());

  it("is OpenAPI 3.1 with every route of the application, and a page", async () => {
    expect(document.openapi).toBe("3.1.0");
    const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const declared = declaredRoutes().map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
    expect(documented.sort()).toEqual([...declared, "POST /api/v1/webhooks/inbound/{integration}/{secret}"].sort());
    const page = await harness.call("GET", "/docs");
    expect(page.status).toBe(200);
    expect(page.text).toContain("swagger-ui");
  });

  it("is what openapi.json says, from which the client is made (UPDATE_OPENAPI=1 writes it)", () => {
    const file = join(__dirname, "../openapi.json");
    const text = inLines(document);
    if (process.env["UPDATE_OPENAPI"] === "1") writeFileSync(file, text);
    expect(text).toBe(readFileSync(file, "utf8"));
  });

  it("gives each operation a name of its own, its answer and its problems", () => {
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    for (const [path, methods] of Object.entries(document.paths))
      for (const { operationId, parameters } of Object.values(methods)) {
        const inPath = parameters.filter((one) => one.in === "path").map(({ name }) => name);
        expect([operationId, inPath.sort()]).toEqual([
          operationId,
          [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort(),
        ]);
      }
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { operationId, responses, security } of operations) {
      const statuses = Object.keys(responses);
      expect([operationId, statuses.some((status) => status.startsWith("2"))]).toEqual([operationId, true]);
      expect(statuses).toContain("503");
      expect([operationId, statuses.includes("401")]).toEqual([operationId, security?.length !== 0]);
      for (const [status, { content }] of Object.entries(responses))
        if (status >= "400") expect(Object.keys(content ?? {})).toEqual(["application/problem+json"]);
    }
  });

  it("refers to nothing that is missing, and its schemas are JSON Schema whose examples fit", () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: "doc", ...document });
    const text = JSON.stringify(document);
    expect(text).not.toContain('"nullable"');
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]*)"/g))
      expect(Object.keys(document.components.schemas)).toContain(name);
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      const validate = ajv.getSchema(`doc#/components/schemas/${name}`);
      if (!validate) throw new Error(`${name} is no schema`);
      for (const example of schema.examples ?? []) {
        void validate(example);
        expect([name, validate.errors]).toEqual([name, null]);
      }
    }
  });

  it("describes what a record is and every body", () => {
    for (const name of ["PurchaseOrderRecord", "ExecuteBody", "RetryBody", "BulkRetry", "NewKey", "UserPatch"])
      expect(document.components.schemas).toHaveProperty(name);
  });
});
