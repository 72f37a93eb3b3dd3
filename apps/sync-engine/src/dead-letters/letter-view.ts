import type { Json } from "@dovetail/domain";
import { redact, redactField } from "@dovetail/service-kit";

/** Members of an entry about one field that hold its values; see `ConflictLetters`. */
const SIDES = ["ours", "theirs", "before"];

/** What a letter holds as clients see it: secrets masked, the two sides of a conflict under their field's name too. */
export function shown(value: Json): Json {
  return redact(underNames(value)) as Json;
}

function underNames(value: Json): Json {
  if (Array.isArray(value)) return value.map(underNames);
  if (value === null || typeof value !== "object") return value;
  const { field } = value;
  const sided = typeof field === "string" && SIDES.some((side) => side in value);
  const members = Object.entries(value).map(([name, member]): [string, Json] => [
    name,
    sided && SIDES.includes(name) ? (redactField(field, member) as Json) : underNames(member),
  ]);
  return Object.fromEntries(members);
}
