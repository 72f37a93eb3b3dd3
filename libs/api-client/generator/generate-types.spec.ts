import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateTypes, type Document } from "./generate-types";

const ROOT = join(__dirname, "../../..");
const TARGET = join(__dirname, "../src/generated.ts");

// As a process of its own: prettier loads its parsers in a way that jest does not take part in.
function formatted(text: string): string {
  const prettier = join(ROOT, "node_modules/prettier/bin/prettier.cjs");
  const options = { input: text, cwd: ROOT, encoding: "utf8", maxBuffer: 32 * 1024 * 1024 } as const;
  return execFileSync(process.execPath, [prettier, "--stdin-filepath", TARGET], options);
}

describe("generateTypes", () => {
  it("makes what is checked in (UPDATE_API_CLIENT=1 writes it)", () => {
    const source = join(ROOT, "apps/gateway/openapi.json");
    const document = JSON.parse(readFileSync(source, "utf8")) as Document;
    const text = formatted(generateTypes(document));
    if (process.env["UPDATE_API_CLIENT"] === "1") writeFileSync(TARGET, text);
    expect(text === readFileSync(TARGET, "utf8")).toBe(true);
  });

  it("writes members, enums, nulls, lists, maps, references and bodies", () => {
    const text = generateTypes({
      components: {
        schemas: {
          "a.b": {
            type: "object",
            properties: { x: { type: ["string", "null"] }, y: { enum: ["p", 1] } },
            required: ["x"],
          },
          Map: { type: "object", additionalProperties: { type: "array", items: { $ref: "#/components/schemas/a.b" } } },
          Either: { anyOf: [{ type: "integer" }, { type: "null" }], description: "one */ two" },
        },
      },
      paths: {
        "/things/{id}": {
          put: {
            parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
            requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Map" } } } },
            responses: { "204": {} },
          },
        },
      },
    });
    expect(text).toContain('export type AB = { "x": string | null; "y"?: "p" | 1 };');
    expect(text).toContain("export type Map = { [name: string]: (AB)[] };");
    expect(text).toContain("/** one * / two */ export type Either = number | null;");
    expect(text).toContain(
      '"PUT /things/{id}": { path: { "id": string }; query: Record<never, never>; body?: Map; answer: undefined };',
    );
  });
});
