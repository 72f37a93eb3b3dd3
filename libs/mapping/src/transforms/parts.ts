import type { Json } from "@dovetail/domain";
import { ValueFailure } from "../failures";
import { integerOption, needText, stepProblem, textOption } from "./options";
import type { Transform, TransformFamily } from "./transform";

function join(separator: string): (value: Json) => Json {
  return (value) => {
    const parts = Array.isArray(value) ? value : [value];
    return parts
      .filter((part) => part !== null && part !== "")
      .map(needText)
      .join(separator);
  };
}

function split(separator: string, count?: number): (value: Json) => Json {
  return (value) => {
    const parts = needText(value).split(separator);
    if (count !== undefined && parts.length !== count) {
      throw new ValueFailure("CONCAT", `${count} parts are wanted, separated by "${separator}"`);
    }
    return parts;
  };
}

/**
 * CONCAT {separator?, fields?}: joins the matches of the path, or of the paths in `fields`; undone by splitting, which
 * needs a separator. SPLIT {separator, index?}: a list of the parts, undone by joining, or the one part at `index`.
 */
export const parts: TransformFamily = {
  names: ["CONCAT", "SPLIT"],
  build(step): Transform {
    const separator = textOption(step, "separator", step.name === "CONCAT" ? "" : undefined);
    if (step.name === "CONCAT") {
      const fields = step["fields"];
      const count = Array.isArray(fields) ? fields.length : undefined;
      if (separator === "") return { inbound: join(""), warning: "CONCAT without separator cannot be undone" };
      return { inbound: join(separator), outbound: split(separator, count) };
    }
    if (separator === "") throw stepProblem(step, "option", "separator must not be empty");
    if (step["index"] === undefined) return { inbound: split(separator), outbound: join(separator) };
    const index = integerOption(step, "index", 0, 1000);
    const pick = split(separator);
    const inbound = (value: Json): Json => (pick(value) as Json[])[index] ?? null;
    return { inbound, warning: "SPLIT with index cannot be undone" };
  },
  examples: [
    { step: { name: "CONCAT", separator: " " }, source: ["Ada", "Lovelace"], result: "Ada Lovelace" },
    { step: { name: "CONCAT" }, source: ["A", "1"], result: "A1", back: null },
    { step: { name: "SPLIT", separator: ";" }, source: "a;b", result: ["a", "b"], dataType: "list" },
    { step: { name: "SPLIT", separator: "-", index: 1 }, source: "PO-7", result: "7", back: null },
  ],
};
