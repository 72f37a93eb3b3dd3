import type { JsonObject } from "@dovetail/domain";
import { isObject } from "../errors";
import type { OdooModel } from "../model";
import type { Codes } from "../tables";
import { linkId } from "../values";

function lines(row: JsonObject, member: string): JsonObject[] {
  const value = row[member];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function unitOf(line: JsonObject, units: Codes): string | null {
  return units.code(linkId(line["product_uom_id"] ?? line["product_uom"]));
}

export const receipt: OdooModel = {
  entity: "Receipt",
  model: "stock.picking",
  keyField: "name",
  domain: () => [
    ["picking_type_code", "=", "incoming"],
    ["state", "=", "done"],
  ],
  fields: [
    "name",
    "state",
    "origin",
    "partner_id",
    "purchase_id",
    "date_done",
    "scheduled_date",
    "location_dest_id",
    "carrier_tracking_ref",
    "company_id",
    "note",
    "move_line_ids",
  ],
  touchedBy: ["move_line_ids"],
  children: [
    {
      as: "_lines",
      model: "stock.move.line",
      link: "picking_id",
      listed: "move_line_ids",
      fields: [
        "product_id",
        "qty_done",
        "quantity",
        "product_uom_id",
        "lot_id",
        "lot_name",
        "location_dest_id",
        "date",
        "move_id",
      ],
    },
  ],
  made: {
    _supplier: "Partner id, when the goods were ordered by a purchase order",
    _lines: "The movements, each with _line (its id), _quantity and _unit (UN/ECE Rec 20)",
  },
  tables: ["units"],
  finish(row, { units }) {
    // A partner without an order may be anybody, for instance a customer who sends goods back.
    row["_supplier"] = linkId(row["purchase_id"]) === undefined ? null : (linkId(row["partner_id"]) ?? null);
    for (const line of lines(row, "_lines")) {
      line["_line"] = String(line["id"]);
      line["_quantity"] = line["qty_done"] ?? line["quantity"] ?? null;
      line["_unit"] = unitOf(line, units);
    }
  },
};

export const workOrder: OdooModel = {
  entity: "WorkOrder",
  model: "mrp.production",
  keyField: "name",
  fields: [
    "name",
    "state",
    "origin",
    "product_id",
    "product_qty",
    "qty_producing",
    "qty_produced",
    "product_uom_id",
    "lot_producing_id",
    "date_planned_start",
    "date_planned_finished",
    "date_start",
    "date_finished",
    "date_deadline",
    "priority",
    "company_id",
    "location_dest_id",
    "user_id",
    "workorder_ids",
    "move_raw_ids",
  ],
  touchedBy: ["workorder_ids", "move_raw_ids", "move_finished_ids"],
  children: [
    {
      as: "_operations",
      model: "mrp.workorder",
      link: "production_id",
      listed: "workorder_ids",
      fields: [
        "name",
        "workcenter_id",
        "state",
        "duration_expected",
        "duration",
        "qty_produced",
        "date_planned_start",
        "date_planned_finished",
        "date_start",
        "date_finished",
      ],
    },
    {
      as: "_materials",
      model: "stock.move",
      link: "raw_material_production_id",
      listed: "move_raw_ids",
      fields: ["product_id", "product_uom_qty", "quantity_done", "quantity", "product_uom", "location_id", "state"],
    },
  ],
  made: {
    _unit: "Unit (UN/ECE Rec 20)",
    _plannedStart: "Planned start: date_planned_start until 16, date_start since",
    _plannedEnd: "Planned end: date_planned_finished until 16, date_finished since",
    _operations: "The steps, each with _number (its id), _plannedStart, _plannedEnd, _plannedHours, _actualHours",
    _materials: "The components, each with _line (its id), _issued and _unit",
  },
  tables: ["units"],
  finish(row, { units }) {
    row["_unit"] = unitOf(row, units);
    plan(row);
    for (const step of lines(row, "_operations")) {
      step["_number"] = String(step["id"]);
      step["_plannedHours"] = hours(step["duration_expected"]);
      step["_actualHours"] = hours(step["duration"]);
      plan(step);
    }
    for (const line of lines(row, "_materials")) {
      line["_line"] = String(line["id"]);
      line["_issued"] = line["quantity_done"] ?? (line["state"] === "done" ? (line["quantity"] ?? null) : null);
      line["_unit"] = unitOf(line, units);
    }
  },
};

function plan(row: JsonObject): void {
  row["_plannedStart"] = row["date_planned_start"] ?? row["date_start"] ?? null;
  row["_plannedEnd"] = row["date_planned_finished"] ?? row["date_finished"] ?? null;
}

/** Odoo counts minutes. */
function hours(minutes: unknown): number | null {
  return typeof minutes === "number" ? Number((minutes / 60).toFixed(4)) : null;
}
