import { startSimulator, type JournalEntry as OdooEntry, type Running } from "@dovetail/erp-simulator";
import type { EntityName, Json, JsonObject } from "@dovetail/domain";
import { isDeepStrictEqual } from "node:util";
import type { TenantWorld } from "../../tenant-world";
import type { ErpDocument, ErpHistory, JournalEntry, Send } from "../history";
import type { ChaosErp, PersonsWrite } from "./erp";
import { documentOf, fieldsOf, heldFields, keyOf, SHAPES } from "./odoo-documents";
import { OdooEdge, type OdooCall, type Passed } from "./odoo-edge";

/** How long a call of the platform waits for Odoo's answer. */
const TIMEOUT_SECONDS = 3;
/** Odoo's own limit for a request: what was given up takes effect within it or never. */
const REQUEST_SECONDS = 4;

/** How long a new record is not found by a search. */
const SEARCH_LAG_MS = 1_500;

const MODELS: Partial<Record<EntityName, string>> = {
  Supplier: "res.partner",
  Part: "product.product",
  PurchaseOrder: "purchase.order",
};
const WRITES = new Set(["create", "write", "unlink"]);
const REFERENCE = /\b[A-Z2-7]{12}\b/;

/** The Odoo of a run: write class L, master of its entities, with every call read at its door. */
export class ChaosOdoo implements ChaosErp {
  readonly inbound = ["Supplier", "Part", "PurchaseOrder"] as const;
  private readonly journal: JournalEntry[] = [];
  private readonly sends: Send[] = [];
  /** Writes of persons whose commit has not been seen yet. */
  private readonly awaited: { model: string; id: number | null; values: JsonObject; operation: string; seq: number }[] =
    [];
  /** The last document of each record, for entries that leave none. */
  private readonly reads = new Map<string, number>();
  private readonly known = new Map<string, ErpDocument>();

  private constructor(
    readonly integration: string,
    readonly simulator: Running,
    readonly edge: OdooEdge,
  ) {
    simulator.odoo.onCommit((entries) => entries.forEach((entry) => this.committed(entry)));
  }

  static async start(integration: string, seed: number): Promise<ChaosOdoo> {
    const simulator = await startSimulator({ version: 14, seed, demo: false });
    const holder: { erp?: ChaosOdoo } = {};
    const edge = await OdooEdge.start(simulator.url, {
      passed: (passed) => holder.erp?.passed(passed),
      isHidden: (model, id) => holder.erp?.isHidden(model, id) ?? false,
    });
    return (holder.erp = new ChaosOdoo(integration, simulator, edge));
  }

  async connect(tenant: TenantWorld): Promise<void> {
    const both = { direction: "both", master: true, lookbackSeconds: 5 };
    await tenant.connectOdoo(
      this.integration,
      { url: `http://127.0.0.1:${this.edge.port}` },
      {
        settings: {
          database: "o14",
          protocol: "jsonrpc",
          timeoutSeconds: TIMEOUT_SECONDS,
          requestSeconds: REQUEST_SECONDS,
        },
        entities: { Supplier: both, Part: both, PurchaseOrder: both },
      },
    );
  }

  /** A row from before the run. */
  async seed(entity: EntityName, fields: JsonObject): Promise<void> {
    const model = MODELS[entity] ?? "";
    await this.simulator.odoo.call(model, "create", [{ ...presetOf(model), ...this.valuesOf(model, fields) }]);
  }

  async write({ operation, entity, key, action, fields, lateCommitMs = 0 }: PersonsWrite): Promise<number> {
    const { odoo } = this.simulator;
    const model = MODELS[entity] ?? "";
    const values = this.valuesOf(model, fields);
    const id = action === "create" ? null : await this.idOf(model, key);
    const waiting = { model, id, values: action === "delete" ? {} : values, operation, seq: 0 };
    this.awaited.push(waiting);
    try {
      if (id === null) {
        await odoo.call(model, "create", [{ ...presetOf(model), ...values }], {}, lateCommitMs);
      } else if (action === "delete") await odoo.call(model, "unlink", [[id]]);
      else await odoo.call(model, "write", [[id], values], {}, lateCommitMs);
    } finally {
      this.awaited.splice(this.awaited.indexOf(waiting), 1);
    }
    return waiting.seq;
  }

  /** When a page of a model was last asked for. */
  lastRead(model: string): number {
    return this.reads.get(model) ?? 0;
  }

  /** Whether the platform wrote a record of this key since the journal had so many entries. */
  writtenSince(size: number, key: string): boolean {
    return this.journal.slice(size).some((entry) => entry.key === key && entry.by === "platform");
  }

  /** Rows that people changed since the journal had so many entries, as [model, id]. */
  changedRows(size: number): [string, number][] {
    const entries = this.journal.slice(size).filter(({ by }) => by !== "platform");
    return entries.map(({ entity, externalId }) => [MODELS[entity] ?? "", Number(externalId)]);
  }

  partnerIds(): number[] {
    const partners = [...this.known].filter(([place]) => place.startsWith("res.partner/"));
    return partners.map(([, { externalId }]) => Number(externalId));
  }

  keys(entity: EntityName): string[] {
    const found = [...this.known.values()].filter((document) => document.entity === entity);
    return [...new Set(found.map(({ key }) => key))];
  }

  heal(): void {
    this.edge.heal();
    this.simulator.odoo.clearFaults();
  }

  size(): number {
    return this.journal.length;
  }

  async history(): Promise<ErpHistory> {
    const final: ErpDocument[] = [];
    for (const [model, { entity }] of Object.entries(SHAPES)) {
      if (!this.inbound.some((name) => name === entity)) continue;
      const options = { context: { active_test: false } };
      const ids = (await this.simulator.odoo.call(model, "search", [[]], options)) as number[];
      for (const id of ids) {
        const document = documentOf(this.simulator.odoo, model, id);
        if (document) final.push(document);
      }
    }
    const own = (entity: EntityName) =>
      ({ direction: "both", master: true, writeClass: "L", holds: heldFields(entity) }) as const;
    return {
      integration: this.integration,
      entities: { Supplier: own("Supplier"), Part: own("Part"), PurchaseOrder: own("PurchaseOrder") },
      journal: this.journal,
      sends: this.sends,
      final,
    };
  }

  async stop(): Promise<void> {
    await this.edge.stop();
    await this.simulator.stop();
  }

  /** The record's id; the oldest where a number stands twice. */
  async idOf(model: string, key: string): Promise<number> {
    const field = SHAPES[model]?.key ?? "name";
    const options = { order: "id", context: { active_test: false } };
    const ids = (await this.simulator.odoo.call(model, "search", [[[field, "=", key]]], options)) as number[];
    const [id] = ids;
    if (id === undefined) throw new Error(`there is no ${model} ${key}`);
    return id;
  }

  private valuesOf(model: string, fields: JsonObject): JsonObject {
    const names = Object.entries(SHAPES[model]?.fields ?? {});
    const values: JsonObject = {};
    for (const [ours, value] of Object.entries(fields)) {
      const theirs = names.find(([, name]) => name === ours)?.[0];
      if (theirs !== undefined) values[theirs] = value;
      else if (ours.startsWith("odoo.")) values[ours.slice(5)] = value;
      else throw new Error(`Odoo holds no ${ours}`);
    }
    return values;
  }

  private committed(entry: OdooEntry): void {
    const { model, id, method, values, seq } = entry;
    if (!SHAPES[model]) return;
    const place = `${model}/${id}`;
    const before = this.known.get(place);
    const after = method === "unlink" ? undefined : documentOf(this.simulator.odoo, model, id);
    const document = after ?? before;
    if (after) this.known.set(place, after);
    else this.known.delete(place);
    if (!document) return;
    const person = this.awaited.find(
      (one) =>
        one.model === model &&
        one.seq === 0 &&
        (one.id === null ? method === "create" : one.id === id) &&
        holds(values, one.values),
    );
    if (person) person.seq = seq;
    const reference = person ? undefined : referenceIn(values);
    this.journal.push({
      ...document,
      seq,
      at: Date.now(),
      op: method === "create" ? "create" : method === "unlink" ? "delete" : "update",
      ...(reference === undefined ? {} : { reference }),
      fields: fieldsOf(model, values),
      by: person ? { operation: person.operation } : "platform",
    });
  }

  /** What was created a moment ago is not found by a search. */
  private isHidden(model: string, id: number): boolean {
    const created = this.journal.find(({ op, entity, externalId }) => {
      return op === "create" && entity === SHAPES[model]?.entity && externalId === String(id);
    });
    return created !== undefined && Date.now() - created.at < SEARCH_LAG_MS;
  }

  private passed({ call, at, effect, answered, status, result }: Passed): void {
    if (call.method === "search_read") this.reads.set(call.model, at);
    const entity = SHAPES[call.model]?.entity;
    if (!entity || (!WRITES.has(call.method) && !call.method.startsWith("button_"))) return;
    this.sends.push({
      at,
      entity,
      key: this.keyOfCall(call),
      op: call.method === "create" ? "create" : call.method === "unlink" ? "delete" : "update",
      reference: referenceIn(valuesIn(call)) ?? "",
      effect: result === undefined ? "none" : effect,
      answered,
      ...(status === undefined ? {} : { status }),
    });
  }

  /** What the call is about: the number it gives, or that of the record it names. */
  keyOfCall(call: OdooCall): string {
    const values = valuesIn(call) as JsonObject | null;
    const field = SHAPES[call.model]?.key ?? "name";
    if (call.method === "create") return String(values?.[field] ?? "");
    const ids = call.args[0];
    return keyOf(this.simulator.odoo, call.model, Number(Array.isArray(ids) ? ids[0] : ids));
  }
}

function presetOf(model: string): JsonObject {
  return model === "res.partner" ? { supplier_rank: 1, is_company: true } : {};
}

/** The values of a create or write; a list of one for the first. */
function valuesIn({ method, args }: OdooCall): Json {
  const given = args[method === "create" ? 0 : 1] ?? null;
  return Array.isArray(given) ? (given[0] ?? null) : given;
}

function referenceIn(values: Json): string | undefined {
  return REFERENCE.exec(JSON.stringify(values ?? null))?.[0];
}

function holds(values: Json, wanted: JsonObject): boolean {
  const given = (values ?? {}) as JsonObject;
  return Object.entries(wanted).every(([name, value]) => isDeepStrictEqual(given[name], value));
}
