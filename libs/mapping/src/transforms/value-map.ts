import type { TransformStep } from "../document";
import { invert, look, tableOf, type Otherwise, type Table } from "./inverse-table";
import { stepProblem, tableOption, wordOption } from "./options";
import type { Transform, TransformContext, TransformFamily } from "./transform";

const OTHERWISE: readonly Otherwise[] = ["error", "keep", "null"];
const TO_PLATFORM = /^([A-Z0-9][A-Z0-9_]*)_STATUS_TO_PLATFORM$/;
const FROM_PLATFORM = /^PLATFORM_STATUS_TO_([A-Z0-9][A-Z0-9_]*)$/;

/** Both readings of a pair of tables; a missing one is the other inverted, which must not be ambiguous. */
export function twoWay(
  step: TransformStep,
  context: TransformContext,
  tables: { toErp?: Table; toMes?: Table },
  otherwise: Otherwise,
): Transform {
  const need = (
    given: Table | undefined,
    other: Table | undefined,
    wanted: boolean,
    way: string,
  ): Table | undefined => {
    if (given !== undefined || other === undefined) return given;
    const inverse = invert(other);
    if ("table" in inverse) return inverse.table;
    if (!wanted) return undefined;
    throw stepProblem(step, "ambiguous", `several values stand for "${inverse.ambiguous}" ${way}; give inverse`);
  };
  const toMes = need(tables.toMes, tables.toErp, context.inbound, "inbound");
  const toErp = need(tables.toErp, tables.toMes, context.outbound, "outbound");
  return {
    inbound: look(step.name, toMes ?? new Map(), otherwise),
    outbound: toErp && look(step.name, toErp, otherwise),
  };
}

function statusTables(step: TransformStep, context: TransformContext): { toErp?: Table; toMes?: Table } | undefined {
  const erp = (TO_PLATFORM.exec(step.name) ?? FROM_PLATFORM.exec(step.name))?.[1];
  if (erp === undefined) return undefined;
  const toMes = context.lookups[`${erp}_STATUS_TO_PLATFORM`];
  const toErp = context.lookups[`PLATFORM_STATUS_TO_${erp}`];
  if (toMes === undefined && toErp === undefined && step["map"] === undefined) {
    throw stepProblem(step, "lookup", `neither a map nor a lookup table named ${step.name} is given`);
  }
  return { toMes: toMes && tableOf(toMes), toErp: toErp && tableOf(toErp) };
}

/**
 * VALUE_MAP {map, inverse?, otherwise?}: `map` reads MES → ERP and is inverted inbound; `inverse` (ERP → MES) resolves
 * an ambiguous one. The status transforms are the same over the lookup tables of their own names.
 */
export const valueMap: TransformFamily = {
  names: /^(?:VALUE_MAP|[A-Z0-9][A-Z0-9_]*_STATUS_TO_PLATFORM|PLATFORM_STATUS_TO_[A-Z0-9][A-Z0-9_]*)$/,
  build(step, context) {
    const map = tableOption(step, "map");
    const inverse = tableOption(step, "inverse");
    const named = statusTables(step, context);
    if (map === undefined && inverse === undefined && named === undefined) {
      throw stepProblem(step, "option", "map (MES value → ERP value) is missing");
    }
    const toErp = map ? tableOf(map) : named?.toErp;
    const toMes = inverse ? tableOf(inverse) : map ? undefined : named?.toMes;
    return twoWay(step, context, { toErp, toMes }, wordOption(step, "otherwise", OTHERWISE, "error"));
  },
  examples: [
    { step: { name: "VALUE_MAP", map: { DRAFT: "10", SENT: "30" } }, source: "30", result: "SENT" },
    { step: { name: "VALUE_MAP", map: { DRAFT: 10, SENT: 30 } }, source: 10, result: "DRAFT" },
    { step: { name: "VALUE_MAP", map: { DRAFT: "10" }, otherwise: "keep" }, source: "99", result: "99" },
    {
      step: { name: "VALUE_MAP", map: { OPEN: "A", NEW: "A" }, inverse: { A: "OPEN", B: "OPEN" } },
      source: "B",
      result: "OPEN",
      back: "A",
    },
    {
      step: { name: "AMOS_STATUS_TO_PLATFORM" },
      lookups: { AMOS_STATUS_TO_PLATFORM: { CNF: "CONFIRMED" } },
      source: "CNF",
      result: "CONFIRMED",
    },
    {
      step: { name: "PLATFORM_STATUS_TO_AMOS" },
      lookups: { PLATFORM_STATUS_TO_AMOS: { SHIPPED: "SHP" } },
      source: "SHP",
      result: "SHIPPED",
    },
  ],
};
