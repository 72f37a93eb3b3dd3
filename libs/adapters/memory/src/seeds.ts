import { ENTITIES, type EntityName, type FieldDefinition, type Json, type JsonObject } from "@dovetail/domain";

/** Numbers in [0, 1) that depend on the seed alone (mulberry32): a failed run can be repeated. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const DAY_MS = 86_400_000;
const EPOCH = Date.UTC(2026, 0, 1);
const WORDS = ["Ärger & Söhne", "Hex bolt M8", "O'Neil", "ナット", 'Rod 3/4"', "Line\tTab", "<b>steel</b>", "Zürich"];

/** Numbers for patterned keys, in base 36 capitals without 0 and 1 where only letters and 2–9 fit. */
const PATTERNED: Record<string, (n: number) => string> = {
  imoNumber: (n) => String(1_000_000 + n),
  locode: (n) => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const letter = (power: number) => alphabet[Math.floor(n / 26 ** power) % 26] ?? "A";
    return letter(4) + letter(3) + letter(2) + letter(1) + letter(0);
  },
};

/** Makes valid records of every entity from its definition; `serial` makes each key its own. */
export class RecordSeeder {
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  record(entity: EntityName, serial: number): JsonObject {
    const { fields, key } = ENTITIES[entity];
    const record = this.members(fields, serial, new Set(key));
    return record;
  }

  private members(fields: readonly FieldDefinition[], serial: number, keys: ReadonlySet<string>): JsonObject {
    const made: JsonObject = {};
    for (const field of fields) {
      if (field.name === "custom") continue;
      const always = field.required === true || keys.has(field.name) || field.type === "list";
      if (always || this.random() < 0.4) made[field.name] = this.value(field, serial, keys.has(field.name));
    }
    return made;
  }

  private value(field: FieldDefinition, serial: number, isKey: boolean): Json {
    switch (field.type) {
      case "list":
        return this.lines(field);
      case "object":
        return this.members(field.fields ?? [], serial, new Set());
      case "reference":
        return `${field.references ?? "REF"}-${isKey ? serial : 1 + this.below(9)}`;
      default:
        return isKey ? this.keyText(field, serial) : this.scalar(field);
    }
  }

  private keyText(field: FieldDefinition, serial: number): Json {
    const patterned = PATTERNED[field.name];
    if (patterned) return patterned(serial);
    return field.type === "string" ? `${field.name}-${serial}` : this.scalar(field);
  }

  private scalar(field: FieldDefinition): Json {
    switch (field.type) {
      case "decimal":
        return `${1 + this.below(999)}.${String(1 + this.below(9))}`;
      case "integer":
        return this.below(1000);
      case "boolean":
        return this.random() < 0.5;
      case "date":
        return new Date(EPOCH + this.below(300) * DAY_MS).toISOString().slice(0, 10);
      case "datetime":
        return new Date(EPOCH + this.below(300 * 86_400) * 1000).toISOString();
      case "currency":
        return this.pick(["USD", "EUR", "JPY"]);
      case "unit":
        return this.pick(["EA", "KGM", "MTR"]);
      case "enum":
        return this.pick(field.values ?? [""]);
      default:
        return this.pick(WORDS);
    }
  }

  private lines(field: FieldDefinition): Json {
    const count = 1 + this.below(3);
    return Array.from({ length: count }, (_, i) =>
      this.members(field.fields ?? [], i + 1, new Set([field.lineKey ?? ""])),
    );
  }

  private below(n: number): number {
    return Math.floor(this.random() * n);
  }

  private pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }
}
