import type { Json, JsonObject } from "@dovetail/domain";
import { JSONPathEnvironment, JSONPathError, type JSONValue } from "json-p3";
import { RuleProblem } from "./failures";

const environment = new JSONPathEnvironment();
// Their patterns run on the host's regular expressions, which backtrack without limit.
environment.functionRegister.delete("match");
environment.functionRegister.delete("search");

/** Compiles a JSONPath that is more than names and places. `match` and `search` are refused. */
export function compileQuery(text: string): (row: JsonObject) => Json[] {
  try {
    const query = environment.compile(text);
    return (row) => query.query(row as JSONValue).values() as Json[];
  } catch (error) {
    if (!(error instanceof JSONPathError)) throw error;
    throw new RuleProblem("erpField", "path", `not a usable JSONPath: ${error.message}`, text);
  }
}
