import type { Adapter, ConnectionMethod, ConnectionTemplate, SchemaField } from "@dovetail/adapter-sdk";
import { ADAPTERS } from "./adapters";
import { type ResolvedAdapter, resolveAdapter } from "./resolve-adapter";

/** A member that a template leaves to whoever uses it. */
export interface Placeholder {
  /** As in an integration, for instance `apiEndpoint`, `settings.root`, `apiPassword`. */
  field: string;
  label: string;
  secret: boolean;
  example: string | null;
}

/** Every template of the product. */
export const TEMPLATES: readonly ConnectionTemplate[] = ADAPTERS.flatMap((adapter) => adapter.templates ?? []);

/** The templates that fit a customer's system: its own ones, then those for any system. */
export function templatesFor(system: string, method?: ConnectionMethod): ConnectionTemplate[] {
  const own = TEMPLATES.filter((template) => template.system === system);
  const general = TEMPLATES.filter((template) => template.system !== system && isGeneral(template));
  // A code that stands for systems without a name has its own templates only.
  const all = ADAPTERS.some((adapter) => adapter.system === system && adapter.anySystem) ? own : [...own, ...general];
  return all.filter((template) => method === undefined || template.connectionMethod === method);
}

/** The adapter that a template's connections are opened by. */
export function adapterOf(template: ConnectionTemplate): ResolvedAdapter {
  return resolveAdapter(template.system, template.connectionMethod);
}

/** What a template leaves open of what its adapter requires. */
export function placeholdersOf(template: ConnectionTemplate, adapter: Adapter): Placeholder[] {
  const open = adapter.connection.fields.filter((field) => isOpen(field, template));
  return open.map((field) => ({
    field: field.in === "settings" ? `settings.${field.name}` : field.name,
    label: field.label,
    secret: field.secret === true,
    example: field.example ?? null,
  }));
}

function isGeneral(template: ConnectionTemplate): boolean {
  return ADAPTERS.some((adapter) => adapter.anySystem && adapter.system === template.system);
}

function isOpen(field: SchemaField, template: ConnectionTemplate): boolean {
  if (field.auth && !field.auth.includes(template.authMethod)) return false;
  // Who signs in somewhere has something to sign in with, whether or not each part of it is required.
  if (field.in === "credentials") return field.auth !== undefined || field.required === true;
  return field.required === true && field.default === undefined && template.settings[field.name] === undefined;
}
