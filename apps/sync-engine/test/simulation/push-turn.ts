import { ENTITY_NAMES, ENTITIES, canonicalJson, recordHash, type EntityName, type JsonObject } from "@dovetail/domain";
import { AdapterError, type Raw } from "@dovetail/adapter-sdk";
import type { WorkResult } from "@dovetail/database";
import type { ModelClaim } from "@dovetail/testing";
import { parsePushWorkId, type PushRow } from "../../src/push/push";
import type { PushState } from "../../src/push/push-rules";
import { onlyId, type SentPart, type Shown } from "../../src/push/settle-rules";
import type { Steps } from "./scheduler";
import type { Simulation } from "./simulation";

const POLICY = { "*": "erp" } as const;
const MAPPING = 1;

export function entityOf(code: number): EntityName {
  return ENTITY_NAMES.find((name) => ENTITIES[name].code === code) as EntityName;
}

/** A push's turn as the services take it: what is read, asked and stored between the decisions. */
export class PushTurns {
  constructor(private readonly sim: Simulation) {}

  *handle(claim: ModelClaim): Steps<WorkResult> {
    const { sim } = this;
    const { entity: code, key } = parsePushWorkId(claim.id);
    const entity = entityOf(code);
    const state = yield* sim.read(() => this.state(entity, key));
    if (!state) return { done: true };
    const { push } = state;
    const step = sim.rules.firstStep(entity, state, sim.can, sim.cursor(entity).baseline);
    sim.time.say(claim.kind, () => `${push.id} v${push.version} ${push.status} of ${key}: ${step.do}`);
    switch (step.do) {
      case "resolve":
        return yield* this.resolve(claim, entity, state);
      case "confirm":
        return yield* this.write(claim, () => {
          if (sim.store.change(push.id, { status: "confirmed" })) this.unlist(entity, key);
          return { againInMs: 0 };
        });
      case "park":
        return yield* this.write(claim, () => {
          sim.store.change(push.id, { status: "parked" });
          return { againInMs: 2_000 };
        });
      case "notOffered":
      case "find":
        throw new Error(`${step.do} is not expected here`);
      case "send":
        return yield* this.send(claim, entity, state, step);
    }
  }

  private state(entity: EntityName, key: string): PushState | undefined {
    const { store } = this.sim;
    const [push] = store.open(entity, key);
    const record = store.records.get(`${entity}/${key}`);
    return push && record && { push, record, link: store.link(entity, key) };
  }

  private *send(
    claim: ModelClaim,
    entity: EntityName,
    state: PushState,
    step: { operation: PushRow["operation"]; fields: string[] },
  ): Steps<WorkResult> {
    const { sim } = this;
    const { store, rules } = sim;
    const { record, link } = state;
    const sent = only(step.fields, record.doc);
    const mark = yield* sim.commit(() => {
      store.assertHeld(claim);
      const now = { record: store.records.get(`${entity}/${record.key}`), push: store.row(store.push(state.push.id)) };
      const linked = store.link(entity, record.key);
      if (!now.record || !rules.mayLeave(state, { ...now, record: now.record, link: linked })) return undefined;
      const marked = store.markSent(state.push.id, step.operation, step.fields, sent);
      const open = rules.linkSent(linked, marked.io);
      if (open) store.saveLink(entity, record.key, open);
      return marked;
    });
    if (!mark) return { againInMs: 0 };
    const push = store.row(store.push(state.push.id));
    const body = step.operation === "update" ? sent : record.doc;
    const to = link?.external_id == null ? {} : { externalId: link.external_id, version: link.erp_version ?? "" };
    let result;
    try {
      if (!rules.mayStillSend(claim.deadline, sim.time.now)) throw sim.late();
      result = yield* sim.erp.send({ entity, op: step.operation, reference: push.reference, body, ...to });
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error;
      return yield* this.failed(claim, entity, { ...state, push: { ...push, attempts: state.push.attempts } }, error);
    }
    if (result.done === "accepted") {
      const { handle } = result;
      return yield* this.write(claim, () => {
        store.change(push.id, { status: "accepted", handle });
        return { againInMs: 1_000 };
      });
    }
    const { externalId, shown } = result;
    const part = { operation: step.operation, fields: step.fields, doc: record.doc, current: !mark.inherited };
    return yield* this.confirm(claim, entity, push, shownOf(entity, externalId, shown), part);
  }

  private *failed(claim: ModelClaim, entity: EntityName, state: PushState, error: AdapterError): Steps<WorkResult> {
    const { sim } = this;
    const { store } = sim;
    const { push } = state;
    const next = sim.rules.afterFailure(push, push.operation, error);
    sim.time.say(claim.kind, () => `${push.id} failed: ${error.category} ${error.sent}, so ${next.do}`);
    if (next.do === "unknown") return yield* this.unknown(claim, push);
    if (next.do === "gone") throw new Error("nothing is deleted here");
    if (next.do === "reject")
      return yield* this.write(claim, () => {
        if (store.change(push.id, { status: "rejected", category: error.category })) {
          this.release(entity, push.key);
          store.list(push.id, "REJECTED");
        }
        return { done: true };
      });
    if (next.reread && state.link?.external_id) {
      yield* this.write(claim, () => {
        this.release(entity, push.key);
        return { done: true };
      });
      yield* sim.pulls.readOne(entity, state.link.external_id);
    }
    return yield* this.write(claim, () => {
      store.change(push.id, { status: "pending" });
      this.release(entity, push.key);
      return { againInMs: sim.rules.waitMs(next.attempts, error.retryAfterMs, () => sim.time.random.next()) };
    });
  }

  private *unknown(claim: ModelClaim, push: PushRow): Steps<WorkResult> {
    const { store, rules, can } = this.sim;
    return yield* this.write(claim, () => {
      store.change(push.id, { status: "unknown" });
      if (!rules.isForPerson(push, can)) return { againInMs: rules.settleMs(push, can) };
      store.list(push.id, "UNKNOWN");
      return { done: true };
    });
  }

  private *resolve(claim: ModelClaim, entity: EntityName, state: PushState): Steps<WorkResult> {
    const { sim } = this;
    const { push } = state;
    const next = sim.rules.inquiry(state, sim.can, "SIM");
    sim.time.say(claim.kind, () => `${push.id} is asked about: ${next.do}`);
    switch (next.do) {
      case "poll":
        return yield* this.poll(claim, entity, state);
      case "lost":
        return yield* this.unknown(claim, push);
      case "person":
        return { done: true };
      case "wait":
        return { againInMs: next.ms };
      case "sendAgain":
        return yield* this.sendAgain(claim, entity, push);
      case "ask":
        return yield* this.ask(claim, entity, state, next.by);
      case "leave":
        throw new Error("there is one adapter");
    }
  }

  private *ask(
    claim: ModelClaim,
    entity: EntityName,
    state: PushState,
    by: { externalId?: string; reference?: string },
  ): Steps<WorkResult> {
    const { sim } = this;
    const { push, link } = state;
    let found: Raw[];
    yield 10;
    try {
      found = sim.erp.lookup(by);
    } catch (error) {
      const next = sim.rules.afterSilence(error as AdapterError, sim.can);
      return next.do === "wait" ? { againInMs: next.ms } : yield* this.sendAgain(claim, entity, push);
    }
    yield 10;
    const next = sim.rules.afterLookUp(push, found.length, sim.can);
    sim.time.say(claim.kind, () => `${push.id} is found ${found.length} times: ${next.do}`);
    const shown = shownOf(entity, found[0]?.externalId ?? link?.external_id ?? "", found[0]);
    switch (next.do) {
      case "duplicate":
        return yield* this.write(claim, () => {
          sim.store.list(push.id, "DUPLICATE");
          return { done: true };
        });
      case "confirm":
        return yield* this.confirm(claim, entity, push, shown, {
          ...sim.rules.sentBy(push, state.record),
          later: true,
        });
      case "compare":
        return yield* this.confirm(
          claim,
          entity,
          push,
          shown,
          sim.rules.afterCompare(state, shown.record as JsonObject),
        );
      case "lookAgain":
        return yield* this.write(claim, () => {
          sim.store.change(push.id, { status: "unknown", lookedUp: next.lookedUp });
          return { againInMs: next.ms };
        });
      case "sendAgain":
        return yield* this.sendAgain(claim, entity, push);
    }
  }

  private *poll(claim: ModelClaim, entity: EntityName, { push, record }: PushState): Steps<WorkResult> {
    const { sim } = this;
    yield 5;
    const answer = sim.erp.poll(String(push.handle));
    yield 5;
    const next = sim.rules.afterPoll(push, answer);
    if (next.do === "wait") return { againInMs: next.ms };
    if (next.do !== "confirm") throw new Error(`${next.do} is not expected here`);
    const shown = shownOf(entity, next.answer.externalId, answer as Raw);
    return yield* this.confirm(claim, entity, push, shown, sim.rules.sentBy(push, record));
  }

  private *sendAgain(claim: ModelClaim, entity: EntityName, push: PushRow): Steps<WorkResult> {
    return yield* this.write(claim, () => {
      this.sim.store.change(push.id, { status: "pending", lookedUp: 0 });
      this.release(entity, push.key);
      return { againInMs: 0 };
    });
  }

  private *confirm(
    claim: ModelClaim,
    entity: EntityName,
    push: PushRow,
    shown: Shown,
    sent: SentPart,
  ): Steps<WorkResult> {
    const { store, rules } = this.sim;
    return yield* this.write(claim, () => {
      const record = store.records.get(`${entity}/${push.key}`);
      if (!record) throw new Error("records are never lost");
      const base = store.link(entity, push.key) ?? store.newLink();
      const link = rules.linkAfter(entity, base, shown, sent, store.nextIo());
      const rest = rules.isLeft(entity, record, link, sent);
      store.change(push.id, { status: rest ? "pending" : "confirmed" });
      const next = rules.followed(entity, { record, base, shown, sent }, POLICY);
      if (next) store.write(entity, next);
      store.saveLink(entity, push.key, link);
      this.unlist(entity, push.key);
      return { againInMs: 0 };
    });
  }

  private release(entity: EntityName, key: string): void {
    const { store } = this.sim;
    const link = store.link(entity, key);
    if (link) store.saveLink(entity, key, { ...link, push_open: false, push_io: store.nextIo() });
  }

  private unlist(entity: EntityName, key: string): void {
    const { store } = this.sim;
    const mine = new Set(store.pushes.filter((p) => p.name === entity && p.key === key).map((p) => p.id));
    store.resolve((letter) => letter.pushId !== undefined && mine.has(letter.pushId));
  }

  private *write(claim: ModelClaim, work: () => WorkResult): Steps<WorkResult> {
    return yield* this.sim.commit(() => {
      this.sim.store.assertHeld(claim);
      return work();
    });
  }
}

export function shownOf(entity: EntityName, externalId: string, row: Raw | undefined): Shown {
  if (!row) return onlyId(externalId);
  const doc = canonicalJson(entity, row.body as JsonObject);
  const record = JSON.parse(doc) as JsonObject;
  return { externalId, erpVersion: row.version ?? null, record, hash: recordHash(doc), mapping: MAPPING };
}

function only(fields: readonly string[], doc: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(doc).filter(([field]) => fields.includes(field)));
}
