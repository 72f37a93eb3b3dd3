import { checkName } from "@dovetail/adapter-sdk";
import { type EntityName, isEntityName, type Json, type JsonObject } from "@dovetail/domain";
import { refusal } from "./refusal";

type Members = Record<string, Json | undefined>;

/** Reads the members of one object of the settings; every complaint names its place (ERP008). */
export class Reader {
  constructor(
    private readonly members: Members,
    readonly path: string,
    known: readonly string[],
  ) {
    const extra = Object.keys(members).filter((name) => !known.includes(name));
    if (extra.length > 0) throw refusal(`${path} has no member ${extra.join(", ")}; there are ${known.join(", ")}`);
  }

  text(name: string): string | undefined {
    const value = this.members[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === "string" && value !== "") return value;
    throw refusal(`${this.path}.${name} must be text`);
  }

  needed(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw refusal(`${this.path}.${name} is missing`);
    return value;
  }

  name(name: string): string | undefined {
    const value = this.text(name);
    if (value !== undefined) checkName(value);
    return value;
  }

  neededName(name: string): string {
    const value = this.needed(name);
    checkName(value);
    return value;
  }

  /** Said to be absent, not merely left out. */
  isNull(name: string): boolean {
    return this.members[name] === null;
  }

  texts(name: string): string[] {
    const value = this.members[name] ?? [];
    const list = Array.isArray(value) ? value : [value];
    if (list.every((item) => typeof item === "string" && item !== "")) return list as string[];
    throw refusal(`${this.path}.${name} must be a list of texts`);
  }

  names(name: string): string[] {
    const list = this.texts(name);
    list.forEach(checkName);
    return list;
  }

  map(name: string): Record<string, string> | undefined {
    const value = this.members[name];
    if (value === undefined || value === null) return undefined;
    if (isObject(value) && Object.values(value).every((item) => typeof item === "string"))
      return value as Record<string, string>;
    throw refusal(`${this.path}.${name} must map names to texts`);
  }

  /** A whole number from 0, as text. */
  number(name: string): string | undefined {
    const value = this.members[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return String(value);
    throw refusal(`${this.path}.${name} must be a whole number from 0`);
  }

  flag(name: string): boolean {
    return this.members[name] === true;
  }

  each<T>(name: string, known: readonly string[], read: (reader: Reader) => T): T[] {
    return eachOf(this.members[name], `${this.path}.${name}`, known, read);
  }

  one<T>(name: string, known: readonly string[], read: (reader: Reader) => T): T | undefined {
    const value = this.members[name];
    if (value === undefined || value === null) return undefined;
    if (!isObject(value)) throw refusal(`${this.path}.${name} must be an object`);
    return read(new Reader(value, `${this.path}.${name}`, known));
  }

  entity(): EntityName {
    const name = this.needed("entityType");
    if (!isEntityName(name)) throw refusal(`${this.path}.entityType ${JSON.stringify(name.slice(0, 40))} is no entity`);
    return name;
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same for a list of objects. */
export function eachOf<T>(
  value: Json | undefined,
  path: string,
  known: readonly string[],
  read: (reader: Reader) => T,
): T[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw refusal(`${path} must be a list`);
  return value.map((item, index) => {
    if (!isObject(item)) throw refusal(`${path}[${index}] must be an object`);
    return read(new Reader(item, `${path}[${index}]`, known));
  });
}
