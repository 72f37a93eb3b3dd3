import type { EntityName, JsonObject } from "@dovetail/domain";
import {
  AdapterError,
  type Category,
  type LookupQuery,
  type PushOperation,
  type PushResult,
  type Raw,
  type Sent,
  type WriteClass,
} from "@dovetail/adapter-sdk";
import type { Scheduler, Steps } from "./scheduler";

interface Document {
  externalId: string;
  entity: EntityName;
  reference: string | null;
  body: JsonObject;
  version: number;
  /** Place in the order of changes: what a pull goes by. */
  seq: number;
  /** From when on a search finds it. */
  found: number;
}

export interface Sending {
  entity: EntityName;
  op: PushOperation;
  externalId?: string;
  version?: string;
  reference: string;
  body: JsonObject;
}

/** How an ERP of the simulation is. */
export interface ErpTraits {
  class: WriteClass;
  settleMs: number;
  /** It refuses an update that names another version than it holds. */
  conditional: boolean;
  /** It keeps descriptions in capitals. */
  capitals: boolean;
  /** It takes writes and tells later that they are done. */
  accepts: boolean;
}

/** No request stays out longer: then its sender hears that the time is over. */
const TIME_OUT_MS = 5_000;

/** An ERP in memory: what it does with a write, and what of that its sender learns. */
export class Erp {
  readonly documents = new Map<string, Document>();
  /** Writes that came, by reference. */
  readonly arrived = new Map<string, number>();
  /** Probability that a call fails in some way. */
  trouble = 0;
  private seq = 0;
  private readonly handles = new Map<string, { at: number; effect: () => Document; done?: Document }>();

  constructor(
    private readonly time: Scheduler,
    readonly traits: ErpTraits,
  ) {}

  /** A person works in the ERP. */
  edit(externalId: string, part: JsonObject): void {
    const document = this.documents.get(externalId);
    if (document) this.change(document, part);
  }

  add(entity: EntityName, body: JsonObject, reference: string | null = null, lagMs = 0): Document {
    const externalId = `E${this.documents.size + 1}`;
    const found = this.time.now + lagMs;
    const document = { externalId, entity, reference, body: this.kept(body), version: 1, seq: ++this.seq, found };
    this.documents.set(externalId, document);
    return document;
  }

  /** Rows changed behind `after`, oldest first. */
  page(entity: EntityName, after: number, size: number): { rows: Raw[]; cursor: number; last: boolean } {
    if (this.time.random.chance(this.trouble / 3)) throw failure("TRANSIENT", "no");
    const changed = [...this.documents.values()]
      .filter((document) => document.entity === entity && document.seq > after)
      .sort((a, b) => a.seq - b.seq);
    const rows = changed.slice(0, size);
    return { rows: rows.map(raw), cursor: rows.at(-1)?.seq ?? after, last: changed.length <= size };
  }

  lookup(by: LookupQuery): Raw[] {
    if (this.time.random.chance(this.trouble / 3)) throw failure("TRANSIENT", "no");
    const all = [...this.documents.values()];
    if (by.externalId !== undefined) return all.filter(({ externalId }) => externalId === by.externalId).map(raw);
    return all.filter(({ reference, found }) => reference === by.reference && found <= this.time.now).map(raw);
  }

  poll(handle: string): "pending" | Raw {
    const job = this.handles.get(handle);
    if (!job || job.at > this.time.now) return "pending";
    job.done ??= job.effect();
    return raw(job.done);
  }

  /** One write: it leaves with the first step; its effect comes whether or not the sender lives to hear of it. */
  *send(request: Sending): Steps<PushResult> {
    const { random } = this.time;
    this.arrived.set(request.reference, (this.arrived.get(request.reference) ?? 0) + 1);
    this.time.say("erp", () => `receives ${request.op} ${request.reference} ${JSON.stringify(request.body)}`);
    if (String(request.body["partNumber"] ?? request.body["costPostingNumber"] ?? "").startsWith("BAD")) {
      yield 5;
      throw failure("VALIDATION", "no");
    }
    const travel = random.next() * 20;
    if (!random.chance(this.trouble)) return yield* this.answered(request, travel);
    const kind = random.below(7);
    if (kind === 0) throw failure("RATE_LIMIT", "no", 300);
    if (kind === 1) throw failure("TRANSIENT", "no");
    // the rest may have had an effect: none, at once, or late, within what is allowed
    const late = request.op === "update" ? 800 : this.traits.settleMs * 0.8;
    const effectMs = [Infinity, travel, travel, random.next() * late, random.next() * (TIME_OUT_MS + late)][kind - 2];
    const told = kind === 6 ? TIME_OUT_MS : random.next() * 100;
    if (effectMs !== undefined && effectMs < told + late) this.time.at(effectMs, () => void this.attempt(request));
    yield told;
    throw failure(kind === 4 ? "SERVER" : "TRANSIENT", "maybe");
  }

  /** The ERP works on by itself, whatever becomes of its sender meanwhile. */
  private *answered(request: Sending, travel: number): Steps<PushResult> {
    let answer: PushResult | Error | undefined;
    this.time.at(travel, () => {
      try {
        answer = this.taken(request);
      } catch (error) {
        answer = error as Error;
      }
    });
    yield travel;
    yield travel;
    if (answer instanceof Error) throw answer;
    return answer as PushResult;
  }

  private taken(request: Sending): PushResult {
    if (this.traits.accepts && request.op !== "update") {
      const handle = request.reference;
      const at = this.time.now + this.time.random.next() * 3_000;
      if (!this.handles.has(handle)) this.handles.set(handle, { at, effect: () => this.effect(request) });
      return { done: "accepted", handle };
    }
    const shown = raw(this.effect(request));
    return { done: "confirmed", externalId: shown.externalId, version: shown.version ?? "", shown };
  }

  private attempt(request: Sending): void {
    try {
      this.effect(request);
      this.time.say("erp", () => `does ${request.op} ${request.reference}, unheard of`);
    } catch {
      // refused, and nobody hears of it
    }
  }

  private effect(request: Sending): Document {
    const { op, reference, body, externalId, version } = request;
    if (op === "update") {
      const document = this.documents.get(externalId ?? "");
      if (!document) throw failure("NOT_FOUND", "no");
      if (this.traits.conditional && version !== undefined && version !== String(document.version))
        throw failure("CONFLICT", "no");
      this.change(document, body);
      return document;
    }
    const same = [...this.documents.values()].find((each) => each.reference === reference);
    if (same && this.traits.class === "K") return same;
    return this.add(request.entity, body, reference, this.time.random.next() * this.traits.settleMs * 0.1);
  }

  private change(document: Document, part: JsonObject): void {
    document.body = { ...document.body, ...this.kept(part) };
    document.version++;
    document.seq = ++this.seq;
  }

  private kept(body: JsonObject): JsonObject {
    if (!this.traits.capitals || typeof body["description"] !== "string") return body;
    return { ...body, description: body["description"].toUpperCase() };
  }
}

function raw({ externalId, version, body }: Document): Raw {
  return { externalId, version: String(version), body };
}

export function failure(category: Category, sent: Sent, retryAfterMs?: number): AdapterError {
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new AdapterError(category, { category, code: "ERP001", sent, ...wait });
}
