import { isDate, normaliseDatetime, type Json } from "@dovetail/domain";
import { ValueFailure } from "../failures";
import { stepProblem, textOption } from "./options";
import type { TransformFamily } from "./transform";
import { instantOf, zoneOffset, type OffsetAt } from "./zones";

const ISO = /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ]?(\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d\d:?\d\d)?$/;
const ODATA = /^\/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\/$/;
const TOKENS: Record<string, string> = {
  yyyy: "(?<y>\\d{4})",
  MM: "(?<mo>\\d\\d)",
  dd: "(?<d>\\d\\d)",
  HH: "(?<h>\\d\\d)",
  mm: "(?<mi>\\d\\d)",
  ss: "(?<s>\\d\\d)",
};
const TOKEN = /yyyy|MM|dd|HH|mm|ss|[^]/g;

type Parts = {
  y: string;
  mo: string;
  d: string;
  h?: string;
  mi?: string;
  s?: string;
  fraction?: string;
  zone?: string;
};

function reader(format: string): (text: string) => Parts | undefined {
  const pattern = (format.match(TOKEN) ?? []).map((t) => TOKENS[t] ?? t.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  const expression = new RegExp(`^${pattern.join("")}$`);
  return (text) => expression.exec(text)?.groups as Parts | undefined;
}

function iso(text: string): Parts | undefined {
  const m = ISO.exec(text);
  if (m === null) return undefined;
  return { y: m[1] ?? "", mo: m[2] ?? "", d: m[3] ?? "", h: m[4], mi: m[5], s: m[6], fraction: m[7], zone: m[8] };
}

function toIso(parts: Parts, dataType: string, zone: OffsetAt): string | undefined {
  const day = `${parts.y}-${parts.mo}-${parts.d}`;
  if (!isDate(day)) return undefined;
  if (dataType === "date" && parts.zone === undefined) return day;
  const clock = `${parts.h ?? "00"}:${parts.mi ?? "00"}:${parts.s ?? "00"}`;
  const fraction = parts.fraction ? `.${parts.fraction}` : "";
  if (parts.zone !== undefined) {
    const own = parts.zone === "Z" ? "Z" : `${parts.zone.slice(0, 3)}:${parts.zone.slice(-2)}`;
    const utc = normaliseDatetime(`${day}T${clock}${fraction}${own}`);
    return dataType === "date" && utc !== undefined ? local(utc, zone).slice(0, 10) : utc;
  }
  const wall = normaliseDatetime(`${day}T${clock}Z`);
  if (wall === undefined) return undefined;
  const utc = new Date(instantOf(Date.parse(wall), zone)).toISOString().slice(0, 19);
  return normaliseDatetime(`${utc}${fraction}Z`);
}

/** Wall-clock time `YYYY-MM-DDTHH:MM:SS` in the zone. */
function local(utc: string, zone: OffsetAt): string {
  const instant = Date.parse(utc);
  return new Date(instant + zone(instant) * 60_000).toISOString().slice(0, 19);
}

function write(format: string, text: string): string {
  const at: Record<string, string> = {
    yyyy: text.slice(0, 4),
    MM: text.slice(5, 7),
    dd: text.slice(8, 10),
    HH: text.slice(11, 13) || "00",
    mm: text.slice(14, 16) || "00",
    ss: text.slice(17, 19) || "00",
  };
  return format.replace(TOKEN, (token) => at[token] ?? token);
}

function epoch(value: Json, format: string): number | undefined {
  const digits = typeof value === "number" ? value : ODATA.exec(String(value))?.[1];
  if (digits === undefined) return undefined;
  const n = Number(digits) * (format === "epoch" ? 1000 : 1);
  return Math.abs(n) <= 8.64e15 ? n : undefined;
}

/**
 * ISO_DATE {zone?, format?}: a day or an instant in ISO 8601. `zone` (UTC by default; an offset or IANA name) is the
 * ERP's clock where a value has none. `format` is a pattern of yyyy MM dd HH mm ss, or epoch, epochMs, odata;
 * without it any ISO form is read and ISO is written.
 */
export const isoDate: TransformFamily = {
  names: ["ISO_DATE"],
  build(step, { dataType }) {
    const zone = zoneOffset(textOption(step, "zone", "UTC"));
    if (zone === undefined) throw stepProblem(step, "option", "no such zone");
    const format = textOption(step, "format", "iso");
    const counted = format === "epoch" || format === "epochMs" || format === "odata";
    if (!counted && format !== "iso" && !/yyyy.*MM.*dd|dd.*MM.*yyyy|MM.*dd.*yyyy/.test(format)) {
      throw stepProblem(step, "option", "format must hold yyyy, MM and dd, or be iso, epoch, epochMs or odata");
    }
    const read = counted || format === "iso" ? iso : reader(format);
    return {
      inbound(value: Json): Json {
        const ms = counted || format === "iso" ? epoch(value, format) : undefined;
        const parts = read(ms === undefined ? String(value).trim() : new Date(ms).toISOString());
        const text = parts && toIso(parts, dataType, zone);
        if (text === undefined) throw new ValueFailure("ISO_DATE", "no date in the expected form");
        return text;
      },
      outbound(value: Json): Json {
        const text = String(value);
        const instant = dataType === "date" || isDate(text) ? undefined : text;
        if (instant === undefined ? !isDate(text) : normaliseDatetime(instant) === undefined) {
          throw new ValueFailure("ISO_DATE", "an ISO date is wanted");
        }
        if (format === "iso") return text;
        if (format === "odata") return `/Date(${Date.parse(text)})/`;
        if (counted) return Date.parse(text) / (format === "epoch" ? 1000 : 1);
        return write(format, instant === undefined ? text : local(instant, zone));
      },
    };
  },
  examples: [
    {
      step: { name: "ISO_DATE", zone: "UTC", format: "yyyy-MM-dd HH:mm:ss" },
      source: "2026-11-20 12:00:00",
      result: "2026-11-20T12:00:00Z",
      dataType: "datetime",
    },
    {
      step: { name: "ISO_DATE", zone: "Europe/Berlin" },
      source: "2026-07-01T12:00:00",
      result: "2026-07-01T10:00:00Z",
      back: "2026-07-01T10:00:00Z",
      dataType: "datetime",
    },
    {
      step: { name: "ISO_DATE", zone: "Europe/Berlin", format: "dd.MM.yyyy HH:mm" },
      source: "01.12.2026 00:30",
      result: "2026-11-30T23:30:00Z",
      dataType: "datetime",
    },
    { step: { name: "ISO_DATE", format: "yyyyMMdd" }, source: "20261120", result: "2026-11-20", dataType: "date" },
    {
      step: { name: "ISO_DATE", format: "odata" },
      source: "/Date(1763640000000)/",
      result: "2025-11-20T12:00:00Z",
      dataType: "datetime",
    },
    {
      step: { name: "ISO_DATE", format: "epoch" },
      source: 1763640000,
      result: "2025-11-20T12:00:00Z",
      dataType: "datetime",
    },
    {
      step: { name: "ISO_DATE" },
      source: "2026-11-20T12:00:00.1234567+02:00",
      result: "2026-11-20T10:00:00.1234567Z",
      back: "2026-11-20T10:00:00.1234567Z",
      dataType: "datetime",
    },
  ],
};
