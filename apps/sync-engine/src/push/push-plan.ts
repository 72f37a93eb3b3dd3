import { type EntityName, type FieldError, type JsonObject } from "@dovetail/domain";
import type { EntityPort, PushOperation } from "@dovetail/adapter-sdk";
import { ProblemError } from "@dovetail/contracts";
import type { CompiledMapping, OutboundReference } from "@dovetail/mapping";
import { Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { AccountService } from "../accounts/account.service";
import type { Session } from "../accounts/session.service";
import { isInFlight, sameJson } from "./push";
import { PushBatches } from "./push-batches";
import { firstStep, offersOf, type FirstStep, type PushState } from "./push-rules";

/** What to do with a push now. */
export type PushPlan =
  | { do: "nothing" }
  | { do: "resolve"; state: PushState }
  | { do: "confirm"; state: PushState }
  | { do: "reject"; state: PushState; problem: ProblemError }
  /** The account names the document by an id that is not known yet: it is looked up, never made. */
  | { do: "find"; state: PushState }
  | { do: "park"; state: PushState; waiting: { entity: EntityName; key: string } | null }
  | { do: "send"; state: PushState; operation: PushOperation; fields: string[]; body: JsonObject };

/** Decides what a link's next push is and makes its payload: record − shadow, changed fields only. */
@Injectable()
export class PushPlanner {
  constructor(
    private readonly batches: PushBatches,
    private readonly accounts: AccountService,
  ) {}

  async plan(account: Account, entity: EntityName, key: string, session: Session): Promise<PushPlan> {
    const { adapter, words } = session;
    const seen = await this.batches.see(account, adapter.system, entity, key);
    if (!seen) return { do: "nothing" };
    // what would be sent may be what the person decides against
    if (seen.conflict && !isInFlight(seen.state.push.status)) return { do: "park", state: seen.state, waiting: null };
    const port = adapter.entities[entity] ?? {};
    return this.decide(account, entity, seen.state, { port, baseline: seen.baseline, words });
  }

  /** What a push in this state leads to; `baseline`: the entity's first load at this account is complete. */
  async decide(
    account: Account,
    entity: EntityName,
    state: PushState,
    { port, baseline, words }: { port: EntityPort<unknown>; baseline: boolean; words?: Account },
  ): Promise<PushPlan> {
    const step = firstStep(entity, state, offersOf(port), baseline);
    switch (step.do) {
      case "notOffered":
        return { do: "reject", state, problem: notOffered(account, entity, step.operation) };
      case "park":
        return { do: "park", state, waiting: null };
      case "send":
        return this.payload(account, entity, state, { ...step, words });
      default:
        return { do: step.do, state };
    }
  }

  private async payload(
    account: Account,
    entity: EntityName,
    state: PushState,
    { operation, fields, words }: FirstStep & { do: "send" } & { words?: Account },
  ): Promise<PushPlan> {
    const { record, link } = state;
    if (operation === "delete") return { do: "send", state, operation, fields: [], body: {} };
    const { compiled } = words
      ? await this.accounts.mapping(words, entity)
      : await this.accounts.mapping(account, entity, state.push.mapping);
    const known = await this.externalIds(account, compiled.outboundReferences(record.doc));
    const missing = known.missing[0];
    if (missing) return { do: "park", state, waiting: missing };
    const shadow = operation === "update" ? link?.shadow : undefined;
    const sent = shadow
      ? await this.withoutSame(account, compiled, fields, { record: record.doc, shadow, resolve: known.resolve })
      : fields;
    const { body, errors } = await compiled.outbound(record.doc, {
      ...(operation === "update" ? { changed: sent } : {}),
      resolve: known.resolve,
    });
    if (errors.length > 0) return { do: "reject", state, problem: notMapped(errors) };
    // what changed is not mapped, or comes to the same there: the ERP has no place for it
    if (operation === "update" && Object.keys(body).length === 0) return { do: "confirm", state };
    return { do: "send", state, operation, fields: sent, body };
  }

  /**
   * A field may differ in a part that the mapping does not send: what the ERP shows already is not sent again, and a field
   * of which nothing is sent does not count as sent. What the ERP answers of it is the ERP's own.
   */
  private async withoutSame(
    account: Account,
    compiled: CompiledMapping,
    fields: readonly string[],
    { record, shadow, resolve }: { record: JsonObject; shadow: JsonObject; resolve: ExternalIds["resolve"] },
  ): Promise<string[]> {
    const there = await this.externalIds(account, compiled.outboundReferences(shadow));
    const differing: string[] = [];
    for (const field of fields) {
      const ours = await compiled.outbound(record, { changed: [field], resolve });
      const theirs = await compiled.outbound(shadow, { changed: [field], resolve: there.resolve });
      const same = ours.errors.length + theirs.errors.length === 0 && sameJson(ours.body, theirs.body);
      if (!same) differing.push(field);
    }
    return differing;
  }

  private async externalIds(account: Account, wanted: readonly OutboundReference[]): Promise<ExternalIds> {
    const found = new Map<string, string>();
    if (wanted.length === 0) return { resolve: () => undefined, missing: [] };
    await Promise.all(
      wanted.map(async ({ entity, key }) => {
        const id = await this.batches.externalId(account, entity, key);
        if (id !== null) found.set(`${entity}/${key}`, id);
      }),
    );
    return {
      resolve: (parent, parentKey) => found.get(`${parent}/${parentKey}`),
      missing: wanted.filter((reference) => !found.has(`${reference.entity}/${reference.key}`)),
    };
  }
}

/** What an account calls the records that a document points at. */
interface ExternalIds {
  resolve(entity: EntityName, key: string): string | undefined;
  missing: OutboundReference[];
}

function notOffered(account: Account, entity: EntityName, operation: PushOperation): ProblemError {
  return new ProblemError("ERP008", `${account.document.erpSystem} does not offer ${operation} of ${entity}`, {
    resolution: "GET /erp/systems/:code lists what the system can do; set the entity's direction to inbound.",
  });
}

function notMapped(errors: FieldError[]): ProblemError {
  const first = errors[0];
  const code = first?.code === "ERP004" ? "ERP004" : "ERP008";
  return new ProblemError(code, `${first?.field ?? "record"}: ${first?.message ?? first?.rule ?? "cannot be mapped"}`, {
    errors,
  });
}
