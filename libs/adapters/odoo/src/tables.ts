import type { OpenContext } from "@dovetail/adapter-sdk";
import type { Json, JsonObject } from "@dovetail/domain";
import type { OdooConfig } from "./config";
import { isObject } from "./errors";
import type { Rpc } from "./rpc";
import { UNIT_CODES } from "./units";
import { linkId } from "./values";

const KEEP_MS = 3_600_000;

/** Two ways through a small table of Odoo: id → code and code → id. */
export interface Codes {
  code(id: number | undefined): string | null;
  id(code: string): number | undefined;
}

/** Names of the tables that a model's rows point at. */
export type TableName = "units" | "currencies" | "countries" | "locations" | "companies";

/** The tables of a page, ready to be asked without waiting; those that were not asked for are empty. */
export interface Known extends Record<Exclude<TableName, "companies">, Codes> {
  /** The company whose numbers go without a suffix: the configured one, else the oldest that the user sees. */
  mainCompany: number | undefined;
  /** Tells that a row points at a location that the table lacks. */
  locationMissing(): void;
}

const EMPTY: Codes = { code: () => null, id: () => undefined };

interface Loaded {
  codes: Codes;
  at: number;
}

/**
 * The small tables that rows point at: units, currencies, countries, locations, companies. Each is read once an hour,
 * and again when an id is asked for that it lacks. Names are read in English whatever the user's language, archived
 * entries included.
 */
export class Tables {
  private readonly loaded = new Map<string, Promise<Loaded>>();

  constructor(
    private readonly rpc: Rpc,
    private readonly config: OdooConfig,
    private readonly clock: OpenContext<OdooConfig>["clock"],
  ) {}

  units(): Promise<Codes> {
    const own = isObject(this.config.units) ? this.config.units : {};
    return this.table("uom.uom", ["name"], (row) =>
      String(own[text(row["name"])] ?? UNIT_CODES[text(row["name"])] ?? ""),
    );
  }

  currencies(): Promise<Codes> {
    return this.table("res.currency", ["name"], (row) => text(row["name"]));
  }

  countries(): Promise<Codes> {
    return this.table("res.country", ["code"], (row) => text(row["code"]));
  }

  /** Decimal places of each currency, as text. */
  decimals(): Promise<Codes> {
    return this.table("res.currency", ["decimal_places"], (row) => String(row["decimal_places"]), "places");
  }

  /** Full names; a second location of the same name (each company has its own "Scrap") carries its id. */
  locations(): Promise<Codes> {
    const taken = new Set<string>();
    return this.table("stock.location", ["complete_name"], (row) => {
      const name = text(row["complete_name"]);
      if (taken.has(name)) return `${name} #${row["id"]}`;
      taken.add(name);
      return name;
    });
  }

  /** Loads what a page needs; cheap when it is known already. */
  async known(names: readonly TableName[]): Promise<Known> {
    const wanted = (name: TableName) => names.includes(name);
    const [units, currencies, countries, locations, companies] = await Promise.all([
      wanted("units") ? this.units() : EMPTY,
      wanted("currencies") ? this.currencies() : EMPTY,
      wanted("countries") ? this.countries() : EMPTY,
      wanted("locations") ? this.locations() : EMPTY,
      wanted("companies") && this.config.company === undefined ? this.companies() : EMPTY,
    ]);
    const mainCompany = this.config.company ?? companies.id("company");
    const locationMissing = () => this.refresh("stock.location");
    return { units, currencies, countries, locations, mainCompany, locationMissing };
  }

  private companies(): Promise<Codes> {
    return this.table("res.company", ["name"], () => "company");
  }

  /** Drops a table that turned out to be out of date; at most once a minute. */
  private refresh(name: string): void {
    const entry = this.loaded.get(name);
    void entry?.then(({ at }) => {
      if (this.clock.monotonic() - at > 60_000 && this.loaded.get(name) === entry) this.loaded.delete(name);
    });
  }

  private async table(
    model: string,
    fields: string[],
    codeOf: (row: JsonObject) => string,
    name = model,
  ): Promise<Codes> {
    const known = await this.loaded.get(name);
    if (known && this.clock.monotonic() - known.at < KEEP_MS) return known.codes;
    const loading = this.load(model, fields, codeOf);
    this.loaded.set(name, loading);
    try {
      return (await loading).codes;
    } catch (error) {
      this.loaded.delete(name);
      throw error;
    }
  }

  private async load(model: string, fields: string[], codeOf: (row: JsonObject) => string): Promise<Loaded> {
    const rows = await this.rpc.call({
      model,
      method: "search_read",
      named: { domain: [], fields, order: "id" },
      context: { active_test: false, lang: "en_US" },
    });
    const codes = new Map<number, string>();
    const ids = new Map<string, number>();
    for (const row of Array.isArray(rows) ? rows.filter(isObject) : []) {
      const id = linkId(row["id"]);
      const code = codeOf(row);
      if (id === undefined || code === "") continue;
      codes.set(id, code);
      // The oldest of several with one code is Odoo's own.
      if (!ids.has(code)) ids.set(code, id);
    }
    return {
      codes: { code: (id) => (id === undefined ? null : (codes.get(id) ?? null)), id: (code) => ids.get(code) },
      at: this.clock.monotonic(),
    };
  }
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
