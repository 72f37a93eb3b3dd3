import { type EntityPort, type SourceField, defineAdapter } from "@dovetail/adapter-sdk";
import type { EntityName, JsonObject } from "@dovetail/domain";
import { type OdooConfig, connection, REQUEST_SECONDS } from "./config";
import { classify } from "./errors";
import * as documents from "./mappings/documents";
import * as masterData from "./mappings/master-data";
import type { OdooModel } from "./model";
import { MODELS, modelOf } from "./models";
import { listStamps, pullRows } from "./pull";
import { lookupRecord, sendRecord } from "./push";
import { fieldsRead } from "./reader";
import { type OdooSession, openSession } from "./session";
import { readNotices } from "./webhook";
import { templates } from "./templates";

/** How long a write that timed out may still take effect: Odoo's own limit for a request and some. */
function settleMs(requestSeconds: number): number {
  return requestSeconds * 1_250;
}

function readOnly(model: OdooModel): EntityPort<OdooSession> {
  return {
    pull: (session, query) => pullRows(session, model, query),
    deletesSeen: true,
    lookup: (session, by) => lookupRecord(session, model, by),
    stamps: (session, from) => listStamps(session, model, from),
  };
}

/**
 * Class L: Odoo refuses no second record of one number or source, but finds them all. `preset` are values that a
 * record of this entity has from the start.
 */
function writable(model: OdooModel, preset?: JsonObject): EntityPort<OdooSession> {
  return {
    ...readOnly(model),
    push: {
      class: "L",
      settleMs: settleMs(REQUEST_SECONDS),
      terms: ({ config }) => ({ class: "L", settleMs: settleMs(config.requestSeconds) }),
      operations: ["create", "update"],
      send: (session, request) => sendRecord(session, model, request, preset),
    },
  };
}

/** Odoo 14 to 19 by JSON-RPC, on 19 also by JSON-2. Needs the modules contacts, purchase, sale, stock, account, mrp as used. */
export const odoo = defineAdapter<OdooConfig, OdooSession>({
  system: "ODOO",
  version: 1,
  title: "Odoo 14–19",
  connection,
  auth: ["BASIC", "API_KEY"],
  inbound: ["REST_POLLING", "WEBHOOK"],
  outbound: ["REST_PUSH"],
  formats: ["JSON"],
  realTime: true,
  limits: { concurrent: 4 },
  open: openSession,
  async test(session) {
    const companies = await session.search("res.company", [], { fields: ["name"] });
    return {
      product: "Odoo",
      version: (await session.version()).text,
      details: { companies: companies.map((company) => company["name"] ?? null) },
    };
  },
  async describe(session, entity) {
    const model = modelOf(entity);
    return model ? describeModel(session, model) : [];
  },
  entities: {
    Supplier: writable(MODELS.Supplier, { supplier_rank: 1, is_company: true }),
    Customer: writable(MODELS.Customer, { customer_rank: 1, is_company: true }),
    Contact: writable(MODELS.Contact),
    GlAccount: readOnly(MODELS.GlAccount),
    Part: writable(MODELS.Part),
    InventoryBalance: readOnly(MODELS.InventoryBalance),
    WorkOrder: readOnly(MODELS.WorkOrder),
    PurchaseOrder: writable(MODELS.PurchaseOrder),
    SalesOrder: writable(MODELS.SalesOrder),
    Receipt: readOnly(MODELS.Receipt),
    Invoice: readOnly(MODELS.Invoice),
    Payment: readOnly(MODELS.Payment),
    GlTransaction: readOnly(MODELS.GlTransaction),
  } satisfies { [E in EntityName]?: EntityPort<OdooSession> },
  classify,
  // Automation rules sign nothing: the secret is part of the address that they call.
  webhook: { scheme: { kind: "secretPath" }, read: readNotices },
  mappings: {
    Supplier: masterData.supplier,
    Customer: masterData.customer,
    Contact: masterData.contact,
    GlAccount: masterData.glAccount,
    Part: masterData.part,
    InventoryBalance: masterData.inventoryBalance,
    WorkOrder: masterData.workOrder,
    PurchaseOrder: documents.purchaseOrder,
    SalesOrder: documents.salesOrder,
    Receipt: documents.receipt,
    Invoice: documents.invoice,
    Payment: documents.payment,
    GlTransaction: documents.glTransaction,
  },
  templates,
});

/** Only what is read is offered: a mapping of another field would find it empty. */
async function describeModel(session: OdooSession, model: OdooModel): Promise<SourceField[]> {
  const fields = await session.fields(model.model);
  const made = Object.entries(model.made).map(([name, meaning]) => ({ name, type: "computed", label: meaning }));
  const own = ["id", ...fieldsRead(session, model, fields)].flatMap((name) => {
    const field = fields.get(name);
    if (!field) return [];
    const { type, label, required, relation } = field;
    return [{ name, type, label, required, ...(relation ? { references: relation } : {}) }];
  });
  // What another version has is named too: mappings may read it, here it is empty.
  const absent = [...model.fields, "create_date", "write_date"]
    .filter((name) => !fields.has(name))
    .map((name) => ({ name, type: "absent", label: "Not in this version of Odoo" }));
  return [...made, ...own, ...absent];
}
