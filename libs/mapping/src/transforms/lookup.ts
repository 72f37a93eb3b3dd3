import type { Json } from "@dovetail/domain";
import { ValueFailure } from "../failures";
import { tableOf, type Otherwise } from "./inverse-table";
import { stepProblem, tableOption, textOption, wordOption } from "./options";
import type { TransformFamily } from "./transform";
import { twoWay } from "./value-map";

const OTHERWISE: readonly Otherwise[] = ["error", "keep", "null"];
const TABLES: Record<string, string> = { VESSEL_CODE_TO_UUID: "VESSEL_CODE_TO_UUID", PORT_CODE: "PORT_CODE" };

/** UN/LOCODE as sent by many systems: with a blank after the country. */
const LOCODE = /^([A-Za-z]{2})[ -]?([A-Za-z2-9]{3})$/;

/**
 * LOOKUP {table, inverse?, otherwise?}, VESSEL_CODE_TO_UUID and PORT_CODE: a lookup table that reads ERP → MES, undone
 * by the table `inverse` or by itself inverted. PORT_CODE without a table brings a UN/LOCODE into its five letters.
 */
export const lookup: TransformFamily = {
  names: ["LOOKUP", "VESSEL_CODE_TO_UUID", "PORT_CODE"],
  build(step, context) {
    const own = tableOption(step, "map");
    const name = textOption(step, "table", TABLES[step.name] ?? "");
    const table = own ?? context.lookups[name];
    if (table === undefined) {
      if (step.name !== "PORT_CODE") throw stepProblem(step, "lookup", `no lookup table "${name}" is given`);
      return { inbound: portCode, outbound: portCode };
    }
    const inverseName = step["inverse"];
    const inverse = typeof inverseName === "string" ? context.lookups[inverseName] : tableOption(step, "inverse");
    const tables = { toMes: tableOf(table), toErp: inverse && tableOf(inverse) };
    return twoWay(step, context, tables, wordOption(step, "otherwise", OTHERWISE, "error"));
  },
  examples: [
    {
      step: { name: "LOOKUP", table: "sites" },
      lookups: { sites: { "1000": "HAMBURG" } },
      source: 1000,
      result: "HAMBURG",
      back: "1000",
    },
    {
      step: { name: "VESSEL_CODE_TO_UUID" },
      lookups: { VESSEL_CODE_TO_UUID: { MV1: "0198f3a0-0000-7000-8000-000000000001" } },
      source: "MV1",
      result: "0198f3a0-0000-7000-8000-000000000001",
    },
    { step: { name: "PORT_CODE" }, lookups: { PORT_CODE: { ROT: "NLRTM" } }, source: "ROT", result: "NLRTM" },
    { step: { name: "PORT_CODE" }, source: "nl rtm", result: "NLRTM", back: "NLRTM" },
  ],
};

function portCode(value: Json): Json {
  const match = typeof value === "string" ? LOCODE.exec(value.trim()) : null;
  if (match === null) throw new ValueFailure("PORT_CODE", "a UN/LOCODE of five characters is wanted");
  return `${match[1]}${match[2]}`.toUpperCase();
}
