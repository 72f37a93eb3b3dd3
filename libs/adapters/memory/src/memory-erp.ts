import { keyOf, type EntityName, type Json, type JsonObject } from "@dovetail/domain";
import { type Clock, systemClock, type WriteClass } from "@dovetail/adapter-sdk";
import { type CallKind, Faults } from "./faults";
import { NoSuchRow, StaleVersion } from "./row-errors";
import { RecordSeeder } from "./seeds";
import { type StoredRow, Table } from "./table";
import { carry } from "./wire";
import { type WriteClasses, writeClassOf } from "./write-classes";

export interface MemoryErpOptions extends WriteClasses {
  clock?: Clock;
  /** Of everything random; printed by `describe()`. */
  seed?: number;
  /** Stamps are cut to whole multiples of this, milliseconds (default 1,000 as Odoo does). */
  stampResolutionMs?: number;
  /** The server's own longest page. */
  maxPageSize?: number;
  username?: string;
  password?: string;
}

/** One line of the journal: a call as it arrived, or an effect. */
export interface JournalEntry {
  at: number;
  what: CallKind | "created" | "updated" | "deleted" | "merged";
  entity?: EntityName;
  externalId?: string;
  reference?: string;
}

/**
 * An ERP in memory that can fail in every way an ERP does. Time is its own: `clock` plus what `advance` added, so a
 * test decides when late effects and late commits become visible.
 */
export class MemoryErp {
  readonly faults = new Faults();
  readonly seed: number;
  readonly username: string;
  readonly password: string;
  readonly maxPageSize: number;
  private readonly clock: Clock;
  private readonly options: MemoryErpOptions;
  private readonly tables = new Map<EntityName, Table>();
  private readonly seeder: RecordSeeder;
  private readonly log: JournalEntry[] = [];
  private pending: { at: number; effect: () => void }[] = [];
  private shift = 0;
  private serial = 0;
  private versions = 0;

  constructor(options: MemoryErpOptions = {}) {
    this.options = options;
    this.clock = options.clock ?? systemClock;
    this.seed = options.seed ?? Math.floor(Math.random() * 2 ** 31);
    this.username = options.username ?? "api";
    this.password = options.password ?? "memory-password";
    this.maxPageSize = options.maxPageSize ?? 1000;
    this.seeder = new RecordSeeder(this.seed);
  }

  /** How to repeat this run. */
  describe(): string {
    return `MemoryErp seed ${this.seed}`;
  }

  /** The ERP's clock, milliseconds since 1970. Late effects that are due happen now. */
  now(): number {
    const now = this.clock.now() + this.shift;
    const due = this.pending.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
    this.pending = this.pending.filter(({ at }) => at > now);
    for (const { effect } of due) effect();
    // read again: what has just happened must be visible to the caller, even when the clock ticked in between
    return due.length === 0 ? now : this.clock.now() + this.shift;
  }

  /** Lets the ERP's time pass. */
  advance(ms: number): void {
    this.shift += ms;
    this.now();
  }

  /** Cut to the resolution of stamps. */
  stampOf(ms: number): number {
    const step = this.options.stampResolutionMs ?? 1000;
    return Math.floor(ms / step) * step;
  }

  classOf(entity: EntityName): WriteClass {
    return writeClassOf(entity, this.options);
  }

  /** Everything that happened, oldest first. Never changed, only added to. */
  get journal(): readonly JournalEntry[] {
    return this.log;
  }

  table(entity: EntityName): Table {
    let table = this.tables.get(entity);
    if (!table) this.tables.set(entity, (table = new Table()));
    return table;
  }

  /** A call over the wire: journal, faults, credentials, then `effect`. Rejects with WireFailure. */
  async call<T>(
    kind: CallKind,
    login: { username: string; password: string },
    signal: AbortSignal,
    effect: () => T,
  ): Promise<T> {
    const work = () => {
      this.note(kind, {});
      const known = login.username === this.username && login.password === this.password;
      return known ? { value: effect() } : ("denied" as const);
    };
    return carry(this, kind, signal, work);
  }

  /** Makes an effect happen later on this ERP's clock. */
  later(ms: number, effect: () => void): void {
    const at = this.now() + ms;
    this.pending.push({ at, effect });
  }

  /** A record that is valid for the entity, with a key of its own. */
  newBody(entity: EntityName): JsonObject {
    return this.seeder.record(entity, ++this.serial);
  }

  /** Adds `count` rows past any adapter. Returns their external ids. */
  seedRows(entity: EntityName, count: number, options: Partial<StoredRow> = {}): string[] {
    return Array.from({ length: count }, () => this.insert(entity, this.newBody(entity), options).externalId);
  }

  /** A row whose stamp lies `ageMs` back but which commits only now. */
  commitLate(entity: EntityName, ageMs: number): string {
    const now = this.now();
    return this.insert(entity, this.newBody(entity), { stamp: this.stampOf(now - ageMs), visibleAt: now }).externalId;
  }

  insert(entity: EntityName, body: JsonObject, options: Partial<StoredRow> = {}): StoredRow {
    const now = this.now();
    const table = this.table(entity);
    const fresh = { externalId: table.newId(), version: this.newVersion(), stamp: this.stampOf(now), visibleAt: now };
    const row: StoredRow = { ...fresh, childrenComplete: true, body: structuredClone(body), ...options };
    table.put(row);
    this.note("created", {
      entity,
      externalId: row.externalId,
      ...(row.reference ? { reference: row.reference } : {}),
    });
    return row;
  }

  /** Changes one row past any adapter: `patch`, or the description of a person who was here. */
  mutate(entity: EntityName, externalId: string, patch?: JsonObject): void {
    const now = this.now();
    const row = this.table(entity).get(externalId, now);
    if (!row) throw new NoSuchRow(externalId);
    const change = patch ?? { externalReference: `edited ${++this.serial}` };
    const body = { ...row.body, ...structuredClone(change) };
    this.table(entity).put({ ...row, body, version: this.newVersion(), stamp: this.stampOf(now) });
    this.note("updated", { entity, externalId });
  }

  remove(entity: EntityName, externalId: string): void {
    if (!this.table(entity).remove(externalId, this.now())) throw new NoSuchRow(externalId);
    this.note("deleted", { entity, externalId });
  }

  /** A create as the ERP does it: class K merges a repeated reference, L and N make a second document. */
  create(entity: EntityName, body: JsonObject, reference: string): StoredRow {
    const now = this.now();
    const writeClass = this.classOf(entity);
    const [existing] = writeClass === "K" ? this.table(entity).find(now, (row) => row.reference === reference) : [];
    if (existing) {
      this.note("merged", { entity, externalId: existing.externalId, reference });
      return existing;
    }
    return this.insert(entity, this.normalised(entity, body), writeClass === "N" ? {} : { reference });
  }

  update(entity: EntityName, externalId: string, patch: JsonObject, version?: string): StoredRow {
    const row = this.table(entity).get(externalId, this.now());
    if (!row) throw new NoSuchRow(externalId);
    if (version !== undefined && version !== row.version) throw new StaleVersion(externalId);
    this.mutate(entity, externalId, this.normalised(entity, patch));
    return this.table(entity).get(externalId, this.now()) ?? row;
  }

  /** The business key of a row, or undefined when its body has none. */
  keyOf(entity: EntityName, body: JsonObject): string | undefined {
    try {
      return keyOf(entity, body);
    } catch {
      return undefined;
    }
  }

  private normalised(entity: EntityName, body: JsonObject): JsonObject {
    const copy: Record<string, Json> = structuredClone(body);
    this.faults.normalise?.(entity, copy);
    return copy;
  }

  private newVersion(): string {
    return `v${++this.versions}`;
  }

  private note(what: JournalEntry["what"], about: Omit<JournalEntry, "at" | "what">): void {
    this.log.push({ at: this.clock.now() + this.shift, what, ...about });
  }
}
