import type { Json } from "@dovetail/domain";
import { ValueFailure } from "../failures";
import { invert, tableOf } from "./inverse-table";
import { needText, stepProblem, tableOption } from "./options";
import type { TransformFamily } from "./transform";

/** Names of units in use at ERPs → UN/ECE Rec 20. What has no one meaning (gallon, ton) is left to `map`. */
const UNITS: Record<string, string> = {
  ea: "EA",
  each: "EA",
  unit: "C62",
  units: "C62",
  pc: "H87",
  pcs: "H87",
  piece: "H87",
  pieces: "H87",
  stk: "H87",
  pr: "PR",
  pair: "PR",
  dz: "DZN",
  doz: "DZN",
  dozen: "DZN",
  dozens: "DZN",
  set: "SET",
  g: "GRM",
  gram: "GRM",
  grams: "GRM",
  kg: "KGM",
  kgs: "KGM",
  kilogram: "KGM",
  mg: "MGM",
  t: "TNE",
  tonne: "TNE",
  lb: "LBR",
  lbs: "LBR",
  oz: "ONZ",
  mm: "MMT",
  cm: "CMT",
  m: "MTR",
  meter: "MTR",
  metre: "MTR",
  km: "KMT",
  in: "INH",
  inch: "INH",
  ft: "FOT",
  foot: "FOT",
  yd: "YRD",
  l: "LTR",
  ltr: "LTR",
  liter: "LTR",
  litre: "LTR",
  liters: "LTR",
  litres: "LTR",
  ml: "MLT",
  m2: "MTK",
  "m²": "MTK",
  sqm: "MTK",
  m3: "MTQ",
  "m³": "MTQ",
  cbm: "MTQ",
  s: "SEC",
  sec: "SEC",
  min: "MIN",
  minute: "MIN",
  minutes: "MIN",
  h: "HUR",
  hr: "HUR",
  hour: "HUR",
  hours: "HUR",
  day: "DAY",
  days: "DAY",
  week: "WEE",
  month: "MON",
};

/** Signs that name one currency; `$` and `¥` do not. */
const CURRENCIES: Record<string, string> = {
  "€": "EUR",
  "£": "GBP",
  us$: "USD",
  "₹": "INR",
  "₩": "KRW",
  a$: "AUD",
  c$: "CAD",
};

interface Code {
  aliases: Record<string, string>;
  pattern: RegExp;
  wanted: string;
}

const CODES: Record<string, Code> = {
  UNIT: { aliases: UNITS, pattern: /^[A-Z0-9]{2,3}$/, wanted: "a unit of UN/ECE Rec 20" },
  CURRENCY: { aliases: CURRENCIES, pattern: /^[A-Z]{3}$/, wanted: "a currency of ISO 4217" },
};

/** UNIT and CURRENCY {map?}: `map` reads MES code → ERP text and comes first; the code itself is sent otherwise. */
export const codes: TransformFamily = {
  names: Object.keys(CODES),
  build(step) {
    const code = CODES[step.name];
    if (code === undefined) throw stepProblem(step, "exists", "unknown");
    const toErp = tableOf(tableOption(step, "map") ?? {});
    const toMes = invert(toErp);
    if ("ambiguous" in toMes) throw stepProblem(step, "ambiguous", `several codes stand for "${toMes.ambiguous}"`);
    return {
      inbound(value: Json): Json {
        const text = needText(value).trim();
        const known = toMes.table.get(text) ?? code.aliases[text.toLowerCase()];
        if (known !== undefined) return known;
        const upper = text.toUpperCase();
        if (code.pattern.test(upper)) return upper;
        throw new ValueFailure(step.name, `${code.wanted} is wanted: add it to map`);
      },
      outbound: (value) => toErp.get(needText(value)) ?? value,
      warning: undefined,
    };
  },
  examples: [
    { step: { name: "UNIT" }, source: "kg", result: "KGM", back: "KGM" },
    { step: { name: "UNIT", map: { KGM: "Kilo" } }, source: "Kilo", result: "KGM" },
    { step: { name: "UNIT" }, source: "ea", result: "EA", back: "EA" },
    { step: { name: "CURRENCY" }, source: "€", result: "EUR", back: "EUR" },
    { step: { name: "CURRENCY", map: { USD: "$" } }, source: "$", result: "USD" },
  ],
};
