import type { NestFastifyApplication } from "@nestjs/platform-fastify";
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from "@nestjs/swagger";
import { ENTITY_NAMES, jsonSchema } from "@dovetail/domain";
import { NOTICE_ROUTE } from "../notices/notice-routes";
import { SCHEMAS } from "./schemas";

type Node = Record<string, unknown>;

const DESCRIPTION = `ERP integration for MES and other systems. Errors are problem documents (RFC 9457) whose \`code\`
says what happened and whose \`resolution\` says what to do. Lists are \`{items, next}\`: send \`next\` as \`cursor\`.
Decimals are strings. \`Idempotency-Key\` is kept for 24 hours. Limits are told by the RateLimit headers.`;

/** The OpenAPI 3.1 document of the API. */
export function openApiDocument(app: NestFastifyApplication, platformUrl: string): OpenAPIObject {
  const frame = new DocumentBuilder()
    .setTitle("Dovetail")
    .setDescription(DESCRIPTION.replace(/\n/g, " "))
    .setVersion("1.0.0")
    .setOpenAPIVersion("3.1.0")
    .addServer(platformUrl)
    .addBearerAuth({ type: "http", scheme: "bearer", description: "an API key or the token of a login" }, "bearer")
    .addSecurityRequirements("bearer")
    .build();
  const document = SwaggerModule.createDocument(app, frame, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, "")}_${method}`,
  });
  const components = (document.components ??= {});
  components.schemas = {
    ...components.schemas,
    ...(SCHEMAS as object),
    ...entitySchemas(),
  } as typeof components.schemas;
  document.paths[NOTICE_ROUTE.replace(/:(\w+)/g, "{$1}")] = noticePath() as (typeof document.paths)[string];
  for (const path of Object.values(document.paths)) tidyPath(path as unknown as Node);
  tidy(document as unknown as Node);
  return document;
}

/**
 * The canonical entities, so that clients have their types: `PurchaseOrderRecord`. What an entity's schema defines for
 * itself becomes a component too: references are from the document's root here.
 */
function entitySchemas(): Record<string, unknown> {
  const schemas: Record<string, unknown> = {};
  for (const name of ENTITY_NAMES) {
    const rooted = JSON.stringify(jsonSchema(name)).replaceAll("#/$defs/", "#/components/schemas/Record.");
    const { $schema: _, $id: __, $defs, ...schema } = JSON.parse(rooted) as Node;
    schemas[`${name}Record`] = schema;
    for (const [part, definition] of Object.entries($defs ?? {})) schemas[`Record.${part}`] = definition;
  }
  return schemas;
}

function noticePath(): Node {
  const parameter = (name: string, description: string): Node => ({
    name,
    in: "path",
    required: true,
    description,
    schema: { type: "string" },
  });
  const problem = (description: string): Node => ({
    description,
    content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
  });
  return {
    post: {
      operationId: "Notice_receive",
      summary: "Take a notice of an ERP in; it is stored before the answer",
      tags: ["Notice"],
      security: [],
      parameters: [
        parameter("integration", "<tenant>.<name>, or the integration's id"),
        parameter("secret", "the secret of the integration's address"),
      ],
      requestBody: { required: false, content: { "*/*": { schema: {} } } },
      responses: {
        "202": {
          description: "Stored",
          content: { "application/json": { schema: { $ref: "#/components/schemas/NoticeAnswer" } } },
        },
        "404": problem("NOT_FOUND: Not found"),
        "413": problem("TOO_LARGE: Too large"),
        "429": problem("LIMITED: Too many requests"),
        "503": problem("UNAVAILABLE: Temporarily unavailable"),
      },
    },
  };
}

/** Nest documents an optional body as required; `open` routes need no key. */
function tidyPath(path: Node): void {
  for (const operation of Object.values(path) as Node[]) {
    const responses = operation["responses"] as Node;
    if (!("401" in responses)) operation["security"] = [];
  }
}

/** Turns what is left of OpenAPI 3.0 into JSON Schema: nullable, and examples of members. */
function tidy(node: Node): void {
  if (node["nullable"] === true && typeof node["type"] === "string") {
    node["type"] = [node["type"], "null"];
    delete node["nullable"];
  }
  for (const child of Object.values(node)) {
    if (Array.isArray(child)) {
      for (const item of child) if (typeof item === "object" && item !== null) tidy(item as Node);
    } else if (typeof child === "object" && child !== null) tidy(child as Node);
  }
}
