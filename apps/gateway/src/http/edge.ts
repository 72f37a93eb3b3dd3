import type { FastifyInstance } from "fastify";
import type { NestFastifyApplication } from "@nestjs/platform-fastify";

const HEADERS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};
/** The documentation's page has its own scripts and styles. */
const DOCS_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/** Headers on every answer that keep browsers from misusing it. */
export function securityHeaders(tls: boolean): (instance: FastifyInstance) => void {
  const headers = tls ? { ...HEADERS, "strict-transport-security": "max-age=31536000" } : HEADERS;
  return (instance) => {
    instance.addHook("onRequest", (request, reply, done) => {
      reply.headers(headers);
      if (request.url.startsWith("/docs")) reply.header("content-security-policy", DOCS_POLICY);
      done();
    });
  };
}

/** Lets browsers of these origins call; none when the list is empty. */
export function allowOrigins(app: NestFastifyApplication, list: string): void {
  const origins = list
    .split(",")
    .map((origin) => origin.trim().replace(/\/$/, ""))
    .filter((origin) => origin !== "");
  if (origins.length === 0) return;
  app.enableCors({
    origin: origins,
    methods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    exposedHeaders: ["ETag", "Location", "Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"],
    maxAge: 600,
  });
}
