import type { JsonObject } from "@dovetail/domain";

/** One call of a route of the published description, about objects of one tenant. */
export interface Route {
  method: string;
  /** After /api/v1. */
  path: string;
  body?: JsonObject;
  /** The path names an object of a tenant. */
  names: boolean;
  /** Needs no key. */
  open: boolean;
}

interface Description {
  paths: Record<string, Record<string, { security?: unknown[] }>>;
}

/** A body that each route takes, so that a refusal is not about the body. */
const BODIES: Record<string, JsonObject> = {
  "PATCH /users/{id}": { displayName: "Crossed" },
  "PATCH /api-keys/{id}": { name: "crossed" },
  "PATCH /erp/integrations/{integration}": { description: "crossed" },
  "PUT /erp/integrations/{integration}/mappings/{entityType}": { mappings: [] },
  "PATCH /erp/records/{entityType}/{key}": { name: "Crossed" },
  "POST /erp/dead-letters/{id}/discard": { reason: "crossed" },
  "POST /erp/transactions/{id}/replay": { force: true },
  "POST /webhooks/inbound/{integration}/{secret}": { any: "thing" },
};

/** A record's key belongs to each tenant: storing one makes it its own. */
const OWN_KEYS = ["PUT /erp/records/{entityType}/{key}"];

/** Every path and method of an OpenAPI document, filled with the given objects: by name and by id. */
export function routesOf(description: Description, objects: Record<string, string>): Route[] {
  const routes: Route[] = [];
  for (const [template, methods] of Object.entries(description.paths)) {
    for (const [name, operation] of Object.entries(methods)) {
      const short = template.replace(/^\/api\/v1/, "");
      const label = `${name.toUpperCase()} ${short}`;
      if (OWN_KEYS.includes(label)) continue;
      for (const path of filled(short, objects)) {
        const body = BODIES[label] ?? (/^(post|put|patch)$/.test(name) ? {} : undefined);
        routes.push({
          method: name.toUpperCase(),
          path: short.endsWith("/fields") ? `${path}?entityType=Supplier` : path,
          ...(body === undefined ? {} : { body }),
          names: /\{(?!code|entityType)/.test(short),
          open: Array.isArray(operation.security) && operation.security.length === 0,
        });
      }
    }
  }
  return routes;
}

function filled(path: string, objects: Record<string, string>): string[] {
  const id = path.startsWith("/users")
    ? objects["user"]
    : path.startsWith("/api-keys")
      ? objects["apiKey"]
      : path.startsWith("/erp/sync-jobs")
        ? objects["job"]
        : path.startsWith("/erp/transactions")
          ? objects["transaction"]
          : objects["letter"];
  const one = path
    .replace("{id}", id ?? "")
    .replace("{name}", "rich")
    .replace("{code}", "ODOO")
    .replace("{entityType}", "Supplier")
    .replace("{key}", encodeURIComponent(objects["key"] ?? ""))
    .replace("{secret}", "x".repeat(32));
  if (!one.includes("{integration}")) return [one];
  const names = [objects["integration"], objects["integrationId"], `rich.${objects["integration"]}`];
  return names.map((name) => one.replace("{integration}", name ?? ""));
}
