import { ADAPTERS, adapterFor } from "@dovetail/adapter-registry";
import { capabilities, RETRY_TABLE, type Adapter } from "@dovetail/adapter-sdk";
import { ProblemError, type SystemDescription, type SystemTemplates } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { Injectable } from "@nestjs/common";

/** What the registered adapters declare. */
@Injectable()
export class SystemsService {
  list(): SystemDescription[] {
    return ADAPTERS.map(describe);
  }

  get(code: string): SystemDescription {
    return describe(this.adapter(code));
  }

  templates(code: string): SystemTemplates {
    const adapter = this.adapter(code);
    return { system: describe(adapter), mappings: adapter.mappings as unknown as SystemTemplates["mappings"] };
  }

  private adapter(code: string): Adapter {
    const known = ADAPTERS.some((adapter) => adapter.system === code.toUpperCase());
    if (!known) throw new ProblemError("NOT_FOUND", `there is no system ${code}`);
    return adapterFor(code.toUpperCase());
  }
}

function describe(adapter: Adapter): SystemDescription {
  const { system, entities, limits, ...rest } = capabilities(adapter);
  return {
    code: system,
    version: rest.version,
    title: rest.title,
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
