import type { Json } from "@dovetail/domain";
import type { TransformFamily } from "./transform";

const same = (value: Json): Json => value;

/**
 * MAP_LINE_ITEMS and MAP_ORDER_LINES: another spelling of `dataType: list`. The rules stand in the field's or the
 * step's `fields`; without any, members of the same name as the line's fields are taken.
 */
export const lines: TransformFamily = {
  names: ["MAP_LINE_ITEMS", "MAP_ORDER_LINES"],
  build: () => ({ inbound: same, outbound: same }),
  examples: [
    {
      step: { name: "MAP_LINE_ITEMS" },
      source: [{ lineNumber: "1" }],
      result: [{ lineNumber: "1" }],
      dataType: "list",
    },
    {
      step: { name: "MAP_ORDER_LINES" },
      source: [{ lineNumber: "1" }],
      result: [{ lineNumber: "1" }],
      dataType: "list",
    },
  ],
};
