import type { Json, JsonObject } from "@dovetail/domain";
import { isObject, refusal } from "./errors";
import type { Aliases, OdooModel } from "./model";
import type { OdooSession } from "./session";
import { type Fields, toOdoo } from "./values";

/** How a member that the adapter made up is written back: the field's names by version, and the table of its codes. */
interface Coded {
  names: readonly string[];
  table: "units" | "currencies" | "countries";
}

const CODED: Readonly<Record<string, Coded>> = {
  _unit: { names: ["product_uom", "product_uom_id", "uom_id"], table: "units" },
  _purchaseUnit: { names: ["uom_po_id"], table: "units" },
  _currency: { names: ["currency_id"], table: "currencies" },
};

/** Turns what a mapping produced into values that `create` and `write` of this version take. */
export async function encode(session: OdooSession, model: OdooModel, body: JsonObject): Promise<JsonObject> {
  const fields = await session.fields(model.model);
  const values: JsonObject = {};
  for (const [name, value] of Object.entries(body)) {
    if (name === "_address") Object.assign(values, await encodeAddress(session, value));
    else if (name === "_number") values[model.keyField ?? "name"] = value ?? false;
    else if (!lists(model).has(name) && name !== "state")
      await encodeField(session, fields, model.aliases, name, value, values);
  }
  // Odoo refuses a purchase unit of another kind than the stock unit, and has one of its own choosing.
  if (values["uom_id"] !== undefined && fields.has("uom_po_id")) values["uom_po_id"] ??= values["uom_id"] ?? false;
  return values;
}

/** The same for a line of a document. */
export async function encodeLine(session: OdooSession, fields: Fields, line: JsonObject): Promise<JsonObject> {
  const values: JsonObject = {};
  for (const [name, value] of Object.entries(line))
    if (name !== "_line") await encodeField(session, fields, undefined, name, value, values);
  return values;
}

const lists = (model: OdooModel) => new Set((model.children ?? []).map((child) => child.as));

async function encodeField(
  session: OdooSession,
  fields: Fields,
  aliases: Aliases | undefined,
  name: string,
  value: Json,
  values: JsonObject,
): Promise<void> {
  const coded = CODED[name];
  if (coded) {
    const target = coded.names.find((candidate) => fields.has(candidate));
    if (target && value !== null) values[target] = await codeId(session, coded.table, String(value));
    return;
  }
  const alias = aliases?.[name];
  const target = fields.has(name) ? name : alias;
  const field = target === undefined ? undefined : fields.get(target);
  if (target === undefined || !field) throw refusal(`This Odoo has no field ${name}`, "ERP003");
  values[target] = toOdoo(name, value, field);
}

async function codeId(session: OdooSession, table: Coded["table"], code: string): Promise<number> {
  const id = (await session.tables[table]()).id(code);
  if (id === undefined)
    throw refusal(`This Odoo has no ${{ units: "unit", currencies: "currency", countries: "country" }[table]} ${code}`);
  return id;
}

async function encodeAddress(session: OdooSession, value: Json): Promise<JsonObject> {
  const given: JsonObject = isObject(value) ? value : {};
  const country = given["country"];
  const values: JsonObject = {};
  for (const name of ["street", "street2", "zip", "city"]) values[name] = given[name] ?? false;
  values["country_id"] = typeof country === "string" ? await codeId(session, "countries", country) : false;
  const region = given["state"];
  if (typeof region === "string" && values["country_id"] !== false) {
    const states = await session.search(
      "res.country.state",
      [
        ["country_id", "=", values["country_id"] ?? false],
        "|",
        ["name", "=", region.replace(/ \(..\)$/, "")],
        ["code", "=", region],
      ],
      { fields: ["name"], limit: 1 },
    );
    // A region that Odoo does not know must not keep the rest of the address from arriving.
    if (states[0]) values["state_id"] = states[0]["id"] ?? false;
  } else values["state_id"] = false;
  return values;
}
