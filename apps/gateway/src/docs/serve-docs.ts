import type { NestFastifyApplication } from "@nestjs/platform-fastify";
import { SwaggerModule } from "@nestjs/swagger";
import { openApiDocument } from "./document";

/** The documentation at `/docs`, the document at `/docs/openapi.json`. Built at the first question. */
export function serveDocs(app: NestFastifyApplication, platformUrl: string): void {
  SwaggerModule.setup("docs", app, () => openApiDocument(app, platformUrl), {
    jsonDocumentUrl: "docs/openapi.json",
    yamlDocumentUrl: "docs/openapi.yaml",
    customSiteTitle: "Dovetail API",
  });
}
