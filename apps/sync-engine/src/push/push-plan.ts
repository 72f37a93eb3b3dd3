import { ENTITIES, type EntityName, type FieldError, type JsonObject } from "@dovetail/domain";
import type { EntityPort, PushOperation } from "@dovetail/adapter-sdk";
import { ProblemError } from "@dovetail/contracts";
import { Database, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { AccountService } from "../accounts/account.service";
import type { LinkRow, RecordRow } from "../records/record";
import { RecordRepository } from "../records/record.repository";
import { fieldsToSend, isInFlight, type PushRow } from "./push";
import { PushRepository } from "./push.repository";

/** A record with its link and the push to work on, as read together. */
export interface PushState {
  push: PushRow;
  record: RecordRow;
  link: LinkRow | undefined;
}

/** What to do with a push now. */
export type PushPlan =
  | { do: "nothing" }
  | { do: "resolve"; state: PushState }
  | { do: "confirm"; state: PushState }
  | { do: "reject"; state: PushState; problem: ProblemError }
  | { do: "park"; state: PushState; waiting: { entity: EntityName; key: string } | null }
  | { do: "send"; state: PushState; operation: PushOperation; fields: string[]; body: JsonObject };

/** Decides what a link's next push is and makes its payload: record − shadow, changed fields only. */
@Injectable()
export class PushPlanner {
  constructor(
    private readonly db: Database,
    private readonly pushes: PushRepository,
    private readonly records: RecordRepository,
    private readonly accounts: AccountService,
  ) {}

  async plan(account: Account, entity: EntityName, key: string, port: EntityPort<unknown>): Promise<PushPlan> {
    const seen = await this.db.readOnly(account.tenantId, async (tx) => {
      const state = await this.state(tx, account, entity, key);
      return state && { state, baseline: await this.pushes.baselineDone(tx, account.num, entity) };
    });
    if (!seen) return { do: "nothing" };
    const { state, baseline } = seen;
    if (isInFlight(state.push.status)) return { do: "resolve", state };
    const operation = operationOf(entity, state, port);
    if (operation === undefined) return { do: "confirm", state };
    if (!port.push?.operations.includes(operation))
      return { do: "reject", state, problem: notOffered(account, entity, operation) };
    // before the first load is complete, what is to be created may stand in the ERP already
    if ((operation === "create" || operation === "post") && port.pull && !baseline)
      return { do: "park", state, waiting: null };
    return this.payload(account, entity, state, operation);
  }

  /** The push to work on with its record and link; nothing is locked, `mark` compares before it sends. */
  private async state(tx: Tx, account: Account, entity: EntityName, key: string): Promise<PushState | undefined> {
    const [push] = await this.pushes.open(tx, account.num, ENTITIES[entity].code, key);
    if (!push) return undefined;
    const record = await this.records.read(tx, entity, key);
    if (!record) return undefined;
    return { push, record, link: await this.records.link(tx, entity, record, key, account.num) };
  }

  private async payload(
    account: Account,
    entity: EntityName,
    state: PushState,
    operation: PushOperation,
  ): Promise<PushPlan> {
    const { record, link } = state;
    const fields = operation === "update" && link ? fieldsToSend(entity, link, record.doc) : Object.keys(record.doc);
    if (operation === "update" && fields.length === 0) return { do: "confirm", state };
    if (operation === "delete") return { do: "send", state, operation, fields: [], body: {} };
    const { compiled } = await this.accounts.mapping(account, entity);
    const wanted = compiled.outboundReferences(record.doc);
    const known = await this.db.readOnly(account.tenantId, async (tx) => {
      const found = new Map<string, string>();
      for (const parent of new Set(wanted.map((reference) => reference.entity))) {
        const keys = wanted.filter((reference) => reference.entity === parent).map((reference) => reference.key);
        const ids = await this.records.externalIds(tx, parent, account.num, keys);
        for (const [parentKey, id] of ids) found.set(`${parent}/${parentKey}`, id);
      }
      return found;
    });
    const missing = wanted.find((reference) => !known.has(`${reference.entity}/${reference.key}`));
    if (missing) return { do: "park", state, waiting: missing };
    const { body, errors } = await compiled.outbound(record.doc, {
      ...(operation === "update" ? { changed: fields } : {}),
      resolve: (parent, parentKey) => known.get(`${parent}/${parentKey}`),
    });
    // what changed is not mapped: the ERP has no place for it
    if (errors.length === 0 && operation === "update" && Object.keys(body).length === 0)
      return { do: "confirm", state };
    if (errors.length > 0) return { do: "reject", state, problem: notMapped(errors) };
    return { do: "send", state, operation, fields, body };
  }
}

/** The operation that brings the link to the record; undefined when there is nothing to do. */
function operationOf(
  entity: EntityName,
  { record, link }: PushState,
  port: EntityPort<unknown>,
): PushOperation | undefined {
  const linked = link?.external_id != null;
  if (record.deleted) return linked ? "delete" : undefined;
  if (linked) return "update";
  return ENTITIES[entity].kind === "fact" && port.push?.operations.includes("post") ? "post" : "create";
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
