import type { OdooVersion } from "../values";

/** Field types of the ORM that the simulator knows. */
export type FieldType =
  | "char"
  | "text"
  | "html"
  | "integer"
  | "float"
  | "monetary"
  | "boolean"
  | "date"
  | "datetime"
  | "selection"
  | "many2one"
  | "one2many"
  | "many2many"
  | "binary"
  | "json"
  | "properties";

/** One field of one model in one release. */
export interface FieldDefinition {
  readonly name: string;
  readonly type: FieldType;
  readonly label: string;
  readonly required: boolean;
  readonly readonly: boolean;
  /** Release 14 answers the integer 1 for some read-only fields. */
  readonly readonlyAsNumber: boolean;
  readonly stored: boolean;
  readonly relation?: string;
  /** one2many: the many2one on the other side. */
  readonly inverse?: string;
  readonly onDelete: "restrict" | "cascade" | "set null";
  readonly selection?: readonly (readonly [string, string])[];
}

/** One model in one release. */
export interface ModelDefinition {
  readonly name: string;
  readonly label: string;
  readonly order: string;
  readonly fields: ReadonlyMap<string, FieldDefinition>;
  /** Delegation: fields absent here are read from and written to the other record. */
  readonly inherits?: { readonly model: string; readonly via: string };
}

/** A model as the schema files write it: see `parseField` for the notation of `fields`. */
export interface ModelSource {
  name: string;
  label: string;
  order?: string;
  /** First and last release with this model. */
  since?: number;
  until?: number;
  inherits?: { model: string; via: string };
  fields: string;
}

const LINE = /^(\w+) +(\w+)(?:\(([^)]*)\))?([!~\-#]*)(?: +"([^"]*)")?(?: +@(\d*)-(\d*))?$/;

/**
 * Reads `name type(target)flags "Label" @first-last`.
 * Flags: `!` required, `-` read-only, `#` sent as the number 1, `~` not stored.
 * Target: `model`, `model:inverse` for one2many, `model:cascade` for many2one, `value:Label|…` for selections.
 * Undefined when the release has no such field.
 */
export function parseField(line: string, version: OdooVersion): FieldDefinition | undefined {
  const match = LINE.exec(line.trim());
  if (!match) throw new Error(`unreadable field: ${line}`);
  const [, name = "", type, target, flags = "", label, first, last] = match;
  if (first && version < Number(first)) return undefined;
  if (last && version > Number(last)) return undefined;
  const relational = type === "many2one" || type === "one2many" || type === "many2many";
  const [relation, option] = relational ? (target ?? "").split(":") : [];
  const required = flags.includes("!");
  const fallback = required ? "restrict" : "set null";
  return {
    name,
    type: type as FieldType,
    label: label ?? titleOf(name),
    required,
    readonly: flags.includes("-"),
    readonlyAsNumber: flags.includes("#"),
    stored: !flags.includes("~"),
    onDelete: option === "cascade" || option === "restrict" ? option : fallback,
    ...(relation ? { relation } : {}),
    ...(type === "one2many" && option ? { inverse: option } : {}),
    ...(type === "selection" ? { selection: readSelection(target ?? "") } : {}),
  };
}

function readSelection(target: string): (readonly [string, string])[] {
  return target.split("|").map((part) => {
    const [value = "", label] = part.split(":");
    return [value, label ?? titleOf(value)] as const;
  });
}

function titleOf(name: string): string {
  const words = name
    .replace(/_ids?$/, "")
    .split("_")
    .filter(Boolean);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
}

const EVERY_MODEL = `
id integer- "ID"
display_name char-~ "Display Name"
create_uid many2one(res.users)- "Created by"
create_date datetime- "Created on"
write_uid many2one(res.users)- "Last Updated by"
write_date datetime- "Last Updated on"
__last_update datetime-~ "Last Modified on" @-16
`;

/** Builds the model of one release; undefined when the release lacks it. */
export function buildModel(source: ModelSource, version: OdooVersion): ModelDefinition | undefined {
  if (source.since && version < source.since) return undefined;
  if (source.until && version > source.until) return undefined;
  const fields = new Map<string, FieldDefinition>();
  for (const line of `${EVERY_MODEL}\n${source.fields}`.split("\n")) {
    if (line.trim() === "") continue;
    const field = parseField(line, version);
    if (field) fields.set(field.name, field);
  }
  return {
    name: source.name,
    label: source.label,
    order: source.order ?? "id",
    fields,
    ...(source.inherits ? { inherits: source.inherits } : {}),
  };
}
