import { normaliseDecimal, roundDecimal, type Json, type RoundingMode } from "@dovetail/domain";
import { ValueFailure } from "../failures";
import { integerOption, wordOption } from "./options";
import type { TransformFamily } from "./transform";

const MODES: readonly RoundingMode[] = ["halfUp", "halfEven", "down", "up"];

/** ROUND {scale, mode?}: exact decimal rounding, half away from zero unless `mode` says otherwise. */
export const round: TransformFamily = {
  names: ["ROUND"],
  build(step) {
    const scale = integerOption(step, "scale", 0, 20, 2);
    const mode = wordOption(step, "mode", MODES, "halfUp");
    const apply = (value: Json): Json => {
      const plain = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
      const text = normaliseDecimal(plain);
      if (text === undefined) throw new ValueFailure("ROUND", "a number is wanted");
      return roundDecimal(text, scale, mode);
    };
    return { inbound: apply, outbound: apply, warning: "ROUND cannot be undone: the rounded value is sent" };
  },
  examples: [
    { step: { name: "ROUND", scale: 4 }, source: 222.14925, result: "222.1493", back: "222.1493", dataType: "decimal" },
    {
      step: { name: "ROUND", scale: 2, mode: "halfEven" },
      source: "1.005",
      result: "1",
      back: "1",
      dataType: "decimal",
    },
    { step: { name: "ROUND", scale: 2 }, source: 0.30000000000000004, result: "0.3", back: "0.3", dataType: "decimal" },
  ],
};
