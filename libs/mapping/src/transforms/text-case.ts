import type { Json } from "@dovetail/domain";
import { needText } from "./options";
import type { TransformFamily } from "./transform";

const CASES: Record<string, (text: string) => string> = {
  UPPER: (text) => text.toUpperCase(),
  LOWER: (text) => text.toLowerCase(),
  TRIM: (text) => text.trim(),
};

/** UPPER, LOWER, TRIM. The lost form cannot be had back: the same normal form is sent that would be read. */
export const textCase: TransformFamily = {
  names: Object.keys(CASES),
  build(step) {
    const change = CASES[step.name] ?? ((text: string) => text);
    const apply = (value: Json): Json => change(needText(value));
    return { inbound: apply, outbound: apply, warning: `${step.name} cannot be undone: the changed text is sent` };
  },
  examples: [
    { step: { name: "UPPER" }, source: "Acme", result: "ACME", back: "ACME" },
    { step: { name: "LOWER" }, source: "Sales@ACME.example", result: "sales@acme.example", back: "sales@acme.example" },
    { step: { name: "TRIM" }, source: "  A-1 ", result: "A-1", back: "A-1" },
  ],
};
