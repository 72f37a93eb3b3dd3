import fc from "fast-check";
import { ENTITIES, type EntityName, type FieldDefinition, type Json, type JsonObject } from "../src/index";

const wellFormed = fc.string({ unit: "grapheme", maxLength: 12 }).filter((text) => !text.includes("\0"));
const keyText = fc.stringMatching(/^[A-Za-z0-9 ._/äß漢-]{1,12}$/);
const freeName = keyText.filter((name) => name !== "__proto__");
const digits = fc.bigInt({ min: 0n, max: 10n ** 20n });

/** Decimals as sources write them: needless zeros, negative zero, up to ten digits after the point. */
export const decimalText = fc
  .tuple(fc.boolean(), digits, fc.stringMatching(/^0{0,3}$/), fc.stringMatching(/^[0-9]{0,10}$/))
  .map(([minus, whole, zeros, fraction]) => `${minus ? "-" : ""}${zeros}${whole}${fraction ? `.${fraction}` : ""}`);

export const instantText = fc
  .tuple(
    fc.date({ min: new Date("1900-01-01"), max: new Date("2199-12-31"), noInvalidDate: true }),
    fc.constantFrom("Z", "+00:00", "+02:00", "-11:30"),
  )
  .map(([date, zone]) => date.toISOString().replace("Z", zone));

export const freeJson: fc.Arbitrary<JsonObject> = fc.dictionary(
  freeName,
  fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 2 },
      wellFormed,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(freeName, tie("value"), { maxKeys: 3, noNullPrototype: true }),
    ),
  })).value,
  { maxKeys: 3, noNullPrototype: true },
);

function value(field: FieldDefinition): fc.Arbitrary<Json> {
  switch (field.type) {
    case "string":
      if (field.pattern === "^[0-9]{7}$") return fc.stringMatching(/^[0-9]{7}$/);
      if (field.pattern !== undefined) return fc.stringMatching(/^[A-Z]{2}[A-Z2-9]{3}$/);
      return field.maxLength === undefined ? wellFormed : keyText;
    case "reference":
      return keyText;
    case "decimal":
      return decimalText;
    case "integer":
      return fc.integer();
    case "boolean":
      return fc.boolean();
    case "date":
      return instantText.map((text) => text.slice(0, 10));
    case "datetime":
      return instantText;
    case "currency":
      return fc.constantFrom("USD", "EUR", "JPY");
    case "unit":
      return fc.constantFrom("EA", "C62", "KGM");
    case "enum":
      return fc.constantFrom(...(field.values ?? []));
    case "object":
      return field.fields ? members(field.fields) : freeJson;
    case "list":
      return fc.uniqueArray(members(field.fields ?? []), {
        maxLength: 3,
        selector: (line) => line[field.lineKey ?? ""],
      });
  }
}

function members(fields: readonly FieldDefinition[]): fc.Arbitrary<JsonObject> {
  const required = fields.filter((field) => field.required);
  const optional = fields.filter((field) => !field.required);
  return fc
    .tuple(
      fc.record(Object.fromEntries(required.map((field) => [field.name, value(field)])), { noNullPrototype: true }),
      // A few of the optional ones: records in the field are sparse, and so stays the run short.
      fc
        .subarray([...optional], { maxLength: Math.min(6, optional.length) })
        .chain((some) =>
          fc.record(Object.fromEntries(some.map((field) => [field.name, value(field)])), { noNullPrototype: true }),
        ),
    )
    .map(([a, b]) => ({ ...a, ...b }) as JsonObject);
}

/** Valid records of an entity. */
export function validRecord(entity: EntityName): fc.Arbitrary<JsonObject> {
  return members(ENTITIES[entity].fields);
}

const oddValue: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json[]>(null, true, 0, 1.5, "", "x", "a\0b", "a\nb", "a|b", [], {}, [null], "1e5", "12.", "-0"),
  fc.constantFrom("2026-02-30", "2026-02-28", "2026-11-20T12:00:00", "2026-11-20T24:00:00Z", "usd", "EA ", "open"),
  fc.constantFrom("2025-02-29T00:00:00Z", "2024-02-29T00:00:00Z", "2026-11-20T12:00:60Z", "x".repeat(201)),
);

/** A valid record with one member set to something odd, removed or added: often invalid, not always. */
export function brokenRecord(entity: EntityName): fc.Arbitrary<JsonObject> {
  const names = ENTITIES[entity].fields.map((field) => field.name);
  return fc
    .tuple(validRecord(entity), fc.constantFrom(...names, "unheardOf"), fc.option(oddValue, { nil: undefined }))
    .map(([record, name, odd]) => {
      const broken = { ...record };
      if (odd === undefined) delete broken[name];
      else broken[name] = odd;
      return broken;
    });
}
