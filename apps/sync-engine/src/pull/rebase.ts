import type { FieldPolicy, Json, JsonObject } from "@dovetail/domain";

/** Top-level fields whose rules differ between two mappings; `all` when the earlier one is not known. */
export type ChangedRules = ReadonlySet<string> | "all";

/** Which fields two versions of a mapping read by other rules. */
export function changedRules(before: JsonObject | undefined, after: JsonObject): ChangedRules {
  if (!before) return "all";
  const [old, now] = [rulesOf(before), rulesOf(after)];
  return new Set([...old.keys(), ...now.keys()].filter((field) => old.get(field) !== now.get(field)));
}

/**
 * The policy of the first read under another mapping: where a rule changed, the ERP's other value may be the rule's doing. It
 * is followed only where the record still equals the shadow; where it does not, a person decides.
 */
export function rebasePolicy(
  policy: Readonly<Record<string, FieldPolicy>>,
  changed: ChangedRules,
): Record<string, FieldPolicy> {
  if (changed === "all") return { "*": "manual" };
  const kept = Object.entries(policy).filter(([name]) => !changed.has(topOf(name)));
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries([...changed].map((field) => [field, "manual" as const])),
  };
}

function rulesOf(document: JsonObject): Map<string, string> {
  const rules = new Map<string, string>();
  const listed = Array.isArray(document["mappings"]) ? (document["mappings"] as JsonObject[]) : [];
  for (const rule of listed) {
    const { description: _what, ...told } = rule;
    const field = topOf(textOf(rule["mesField"] ?? rule["platformField"]));
    rules.set(field, `${rules.get(field) ?? ""}${JSON.stringify(sorted(told))}`);
  }
  return rules;
}

/** Members in one order: the database gives them in another than the document had. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted((value as JsonObject)[name] ?? null)]),
  );
}

function topOf(path: string): string {
  return path.split(".")[0] ?? path;
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
