import { ENTITIES, type EntityName, type Json, type JsonObject } from "@dovetail/domain";
import type { Category, PushOperation } from "@dovetail/adapter-sdk";
import type { TransactionStatus } from "@dovetail/contracts";
import { WorkModel, type ModelClaim } from "@dovetail/testing";
import { isInFlight, pushWorkId, type PushRow } from "../../src/push/push";
import type { Creating, ShownRow } from "../../src/pull/read-rules";
import { canonical, newLink, type Canonical, type LinkRow, type RecordRow } from "../../src/records/record";
import type { Rules } from "./rules";
import type { Scheduler } from "./scheduler";

export const ERP = 1;
const ENDED: TransactionStatus[] = ["confirmed", "superseded", "discarded"];

/** A promise is broken: the message says which. */
export class Violation extends Error {}
export class WorkLost extends Error {}
export class CursorMoved extends Error {}

export interface StoredPush extends Omit<PushRow, "sent_ms" | "since_ms"> {
  readonly name: EntityName;
  doubted: boolean;
  sentAt: number | null;
  updatedAt: number;
}

export interface StoredLetter {
  direction: "inbound" | "outbound";
  id: string;
  reason: string;
  open: boolean;
  pushId?: string;
  row?: ShownRow;
}

interface Change {
  status: TransactionStatus;
  handle?: Json;
  lookedUp?: number;
  category?: Category;
}

/** The tables of the engine in memory, as its SQL keeps them. One call is one transaction: nothing happens inside it. */
export class Store {
  readonly records = new Map<string, RecordRow>();
  readonly links = new Map<string, LinkRow>();
  readonly pushes: StoredPush[] = [];
  readonly letters: StoredLetter[] = [];
  readonly work: WorkModel;
  private io = 0;

  constructor(
    private readonly time: Scheduler,
    private readonly rules: Rules,
  ) {
    this.work = new WorkModel(() => time.now);
  }

  nextIo(): number {
    return ++this.io;
  }

  assertHeld(claim: ModelClaim): void {
    if (!this.rules.isHeld(this.work, claim)) throw new WorkLost();
  }

  enqueue(kind: string, id: string, dueInMs = 0, priority = 5): void {
    const row = this.work.rows.get(`${kind}/${id}`);
    this.work.enqueue({ kind, id, dueInMs, priority });
    if (row && !this.rules.asksAgain()) row.again = false;
  }

  /** One accepted version. */
  write(name: EntityName, next: Canonical): RecordRow {
    const before = this.records.get(`${name}/${next.key}`);
    const bare = { deleted: false, integration: null, external_id: null, erp_version: null, shadow_hash: null };
    const none = { shadow: null, shadow_mapping: null, accepted: null, push_io: 0, push_open: false };
    const version = (before?.version ?? 0) + 1;
    const doc = JSON.parse(next.doc) as JsonObject;
    const row = { ...(before ?? { ...bare, ...none }), key: next.key, version, hash: next.hash, doc };
    this.records.set(`${name}/${next.key}`, row);
    return row;
  }

  link(name: EntityName, key: string): LinkRow | undefined {
    return this.links.get(`${name}/${key}`);
  }

  saveLink(name: EntityName, key: string, link: LinkRow): void {
    const id = `${name}/${key}`;
    for (const [other, { external_id }] of this.links)
      if (external_id !== null && external_id === link.external_id && other !== id)
        throw new Violation(`external id ${external_id} is linked to ${other} and ${id}`);
    this.links.set(id, link);
    const record = this.records.get(id);
    if (record) this.records.set(id, { ...record, integration: ERP });
  }

  /** A create of the document that may have had an effect and is not settled: CREATING of the record repository. */
  creating(name: EntityName, key: string): Creating | undefined {
    const mine = this.pushes.filter((push) => push.name === name && push.key === key);
    if (!mine.some(({ status }) => isInFlight(status) || status === "pending" || status === "parked")) return undefined;
    const confirmed = Math.max(0, ...mine.filter(({ status }) => status === "confirmed").map(({ version }) => version));
    const waits = ["pending", "parked", "superseded"];
    const push = mine
      .filter((o) => o.operation === "create" || o.operation === "post")
      .filter((o) => o.sentAt !== null && o.version > confirmed)
      .filter((o) => isInFlight(o.status) || (o.doubted && waits.includes(o.status)))
      .sort((a, b) => (a.sentAt ?? 0) - (b.sentAt ?? 0))[0];
    const listed =
      push?.status === "unknown" && this.letters.some((letter) => letter.open && letter.pushId === push.id);
    return push && { listed, sent: push.sent };
  }

  keyOfExternal(externalId: string): string | undefined {
    for (const [id, link] of this.links) if (link.external_id === externalId) return id.slice(id.indexOf("/") + 1);
    return undefined;
  }

  /** `plan_pushes`: one pending push per version; older ones that wait are passed over. */
  plan(name: EntityName, key: string, version: number, operation: PushOperation): void {
    const { code } = ENTITIES[name];
    const id = `P${this.pushes.length + 1}`;
    for (const older of this.pushes)
      if (older.name === name && older.key === key && ["pending", "parked", "rejected"].includes(older.status)) {
        this.become(older, "superseded");
        this.resolve((letter) => letter.pushId === older.id);
      }
    const none = { category: null, handle: null, fields: null, sent: null, adapter: null, sentAt: null };
    const start = { status: "pending" as const, attempts: 0, looked_up: 0, doubted: false, updatedAt: this.time.now };
    const push = { id, integration: ERP, entity: code, name, key, version, operation, reference: `R${id}` };
    const own = { mapping: null, channel: null };
    this.pushes.push({ ...none, ...own, ...start, ...push });
    this.enqueue("push", pushWorkId(ERP, code, key));
  }

  /** What is open of a link: the one in flight first, then the newest. */
  open(name: EntityName, key: string): PushRow[] {
    const open = this.pushes.filter(
      (push) =>
        push.name === name &&
        push.key === key &&
        (isInFlight(push.status) || ["pending", "parked"].includes(push.status)),
    );
    open.sort((a, b) => Number(isInFlight(b.status)) - Number(isInFlight(a.status)) || b.version - a.version);
    return open.map((push) => this.row(push));
  }

  push(id: string): StoredPush {
    return this.pushes.find((push) => push.id === id) as StoredPush;
  }

  row({ sentAt, updatedAt, ...push }: StoredPush): PushRow {
    const sent_ms = sentAt === null ? null : this.time.now - sentAt;
    return { ...push, sent_ms, since_ms: this.time.now - updatedAt };
  }

  /** `change` of the push repository. False: it has ended otherwise. */
  change(id: string, to: Change): boolean {
    const push = this.push(id);
    if (push.status !== to.status && !this.rules.pushMayBecome(push.status, to.status)) return false;
    const { status } = to;
    const renewed = status === "rejected" && !push.doubted;
    this.become(push, status);
    push.category = to.category ?? null;
    push.doubted = status !== "accepted" && (push.doubted || status === "unknown");
    if (!isInFlight(status)) push.sent = null;
    if (to.handle !== undefined) push.handle = to.handle;
    if (to.lookedUp !== undefined) push.looked_up = to.lookedUp;
    if (renewed) Object.assign(push, { sentAt: null, reference: `${push.reference}'` });
    return true;
  }

  /** MARK_SENT: a create goes under the reference of an earlier one that may have had an effect. */
  markSent(
    id: string,
    operation: PushOperation,
    fields: string[],
    sent: JsonObject,
  ): { io: number; inherited: boolean } {
    const push = this.push(id);
    const makes = operation === "create" || operation === "post";
    const same = this.pushes.filter((other) => other.name === push.name && other.key === push.key);
    const confirmed = Math.max(0, ...same.filter(({ status }) => status === "confirmed").map(({ version }) => version));
    const earlier = same
      .filter((o) => makes && o !== push && o.sentAt !== null && o.status !== "confirmed" && o.version > confirmed)
      .filter((o) => o.operation === "create" || o.operation === "post")
      .sort((a, b) => (a.sentAt ?? 0) - (b.sentAt ?? 0))[0];
    if (earlier) push.reference = earlier.reference;
    else if (!makes && push.sentAt !== null && push.operation !== operation) push.reference = `${push.reference}+`;
    this.become(push, "sent");
    push.doubted &&= push.operation === operation;
    const now = { adapter: "SIM", looked_up: 0, handle: null, sentAt: this.time.now, attempts: push.attempts + 1 };
    Object.assign(push, { operation, fields, sent: earlier ? null : sent, ...now });
    return { io: this.nextIo(), inherited: earlier !== undefined };
  }

  list(pushId: string, reason: string): void {
    this.resolve((letter) => letter.pushId === pushId);
    this.letters.push({ direction: "outbound", id: `L${this.letters.length}`, reason, open: true, pushId });
  }

  park(row: ShownRow, reason: string): void {
    this.resolve((letter) => letter.row?.externalId === row.externalId);
    this.letters.push({ direction: "inbound", id: `L${this.letters.length}`, reason, open: true, row });
  }

  resolve(which: (letter: StoredLetter) => boolean): void {
    for (const letter of this.letters) if (letter.open && which(letter)) letter.open = false;
  }

  /** The MES writes: version, push and wake in one transaction. */
  mesWrites(name: EntityName, part: JsonObject): RecordRow {
    const id = String(part["partNumber"] ?? part["costPostingNumber"]);
    const before = this.records.get(`${name}/${id}`);
    const next = canonical(name, { ...before?.doc, ...part });
    if (before && before.hash === next.hash) return before;
    const row = this.write(name, next);
    this.plan(name, row.key, row.version, before ? "update" : "create");
    return row;
  }

  newLink(): LinkRow {
    return newLink(true);
  }

  private become(push: StoredPush, status: TransactionStatus): void {
    if (ENDED.includes(push.status)) throw new Violation(`${push.id} was ${push.status} and became ${status}`);
    push.status = status;
    push.updatedAt = this.time.now;
    if (!isInFlight(status)) return;
    const under = this.pushes.filter(
      (other) => other.name === push.name && other.key === push.key && isInFlight(other.status),
    );
    if (under.length > 1)
      throw new Violation(`two pushes of ${push.key} are under way: ${under.map((p) => p.id).join()}`);
  }
}
