import {
  ADAPTERS,
  adapterFor,
  adapterOf,
  placeholdersOf,
  resolveAdapter,
  templatesFor,
  type ResolvedAdapter,
} from "@dovetail/adapter-registry";
import {
  AdapterError,
  capabilities,
  RETRY_TABLE,
  type Adapter,
  type ConnectionMethod,
  type ConnectionTemplate as Template,
} from "@dovetail/adapter-sdk";
import {
  ProblemError,
  type ConnectionTemplate,
  type ResolvedSystem,
  type ResolveSystem,
  type SystemDescription,
} from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { Injectable } from "@nestjs/common";

/** What the registered adapters declare. */
@Injectable()
export class SystemsService {
  list(): SystemDescription[] {
    return ADAPTERS.map(describe);
  }

  /** Throws NOT_FOUND. */
  get(code: string): SystemDescription {
    const system = code.toUpperCase();
    if (!ADAPTERS.some((adapter) => adapter.system === system)) throw unknownSystem(code);
    return describe(adapterFor(system));
  }

  /** A system's own templates, then those for any system. Throws NOT_FOUND. */
  templates(code: string): ConnectionTemplate[] {
    const system = code.toUpperCase();
    const templates = templatesFor(system);
    const known = ADAPTERS.some((adapter) => adapter.system === system);
    if (!known && !templates.some((template) => template.system === system)) throw unknownSystem(code);
    return templates.map(shownTemplate);
  }

  /** Throws ERP008 for a combination that nothing serves and for a template that does not fit. */
  resolve(asked: ResolveSystem): ResolvedSystem {
    const template = asked.template === undefined ? undefined : this.template(asked, asked.template);
    const method = asked.connectionMethod ?? template?.connectionMethod;
    const { system, connectionMethod, adapter } = resolved(asked.erpSystem, method as ConnectionMethod | undefined);
    return {
      erpSystem: system,
      connectionMethod,
      adapter: describe(adapter),
      mappings: { ...adapter.mappings, ...template?.mappings } as unknown as ResolvedSystem["mappings"],
      template: template ? shownTemplate(template) : null,
    };
  }

  private template({ erpSystem, connectionMethod }: ResolveSystem, name: string): Template {
    const fitting = templatesFor(erpSystem.toUpperCase(), connectionMethod as ConnectionMethod | undefined);
    const found = fitting.find((template) => template.name === name);
    if (found) return found;
    const names = fitting.map((template) => template.name).join(", ");
    const by = connectionMethod === undefined ? "" : ` by ${connectionMethod}`;
    throw refused("template", name, `${erpSystem}${by} has no template ${name}; there are ${names || "none"}`);
  }
}

function resolved(system: string, method: ConnectionMethod | undefined): ResolvedAdapter {
  try {
    return resolveAdapter(system, method);
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error;
    throw refused("erpSystem", system, error.message);
  }
}

function refused(field: string, value: string, message: string): ProblemError {
  return new ProblemError("ERP008", message, {
    errors: [{ field, rule: "exists", value, code: "ERP008", message }],
    resolution: "GET /api/v1/erp/systems lists the systems, GET /api/v1/erp/systems/:code/templates their templates.",
  });
}

function unknownSystem(code: string): ProblemError {
  return new ProblemError("NOT_FOUND", `there is no system ${code}`);
}

function shownTemplate(template: Template): ConnectionTemplate {
  const { adapter } = adapterOf(template);
  return {
    name: template.name,
    system: template.system,
    connectionMethod: template.connectionMethod,
    adapter: adapter.system,
    title: template.title,
    description: template.description,
    apiVersion: template.apiVersion ?? null,
    authMethod: template.authMethod,
    settings: template.settings,
    syncSchedule: template.syncSchedule,
    entities: template.entities,
    mappings: template.mappings as unknown as ConnectionTemplate["mappings"],
    placeholders: placeholdersOf(template, adapter),
  };
}

function describe(adapter: Adapter): SystemDescription {
  const { system, entities, limits, ...rest } = capabilities(adapter);
  return {
    code: system,
    version: rest.version,
    title: rest.title,
    connectionMethod: rest.connectionMethod,
    anySystem: rest.anySystem,
    connection: { fields: rest.connection } as unknown as JsonObject,
    auth: [...rest.auth],
    inbound: [...rest.inbound],
    outbound: [...rest.outbound],
    formats: [...rest.formats],
    realTime: rest.realTime,
    limits: {
      ...(limits.concurrent === null ? {} : { concurrent: limits.concurrent }),
      ...(limits.perMinute === null ? {} : { perMinute: limits.perMinute }),
    },
    entities: entities.map(({ entity, operations, ...can }) => ({
      entityType: entity,
      pull: can.pull,
      incremental: can.incremental,
      deletesSeen: can.deletesSeen,
      operations: [...operations],
      writeClass: can.writeClass,
      lookup: can.lookup,
      webhook: can.webhook,
    })),
    errors: Object.entries(RETRY_TABLE).map(([category, rule]) => ({ category, calls: rule.calls, code: rule.code })),
  };
}
