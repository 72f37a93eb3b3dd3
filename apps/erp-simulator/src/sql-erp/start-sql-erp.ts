import { Client, Pool } from "pg";
import { Faults } from "../faults";
import { listen } from "../http";
import { type SqlErpControl, sqlControl } from "./control";
import { tablePage } from "./pages";
import { makePlace, type SqlErpPlace, urlFor } from "./place";
import { makeTables } from "./tables";
import { InterfaceWorker } from "./worker";

/** What to simulate. */
export interface SqlErpOptions extends SqlErpPlace {
  /** Of the pages that show the tables; 0 (default) takes a free one. Bound to 127.0.0.1. */
  port?: number;
  /** Seeds demo data and the probabilities of faults. */
  seed?: number;
}

/** A SQL ERP at work. */
export interface RunningSqlErp {
  /** Pages that show the tables. */
  url: string;
  port: number;
  /** Its database, with the rights of its owner. */
  databaseUrl: string;
  /** How others reach its database. */
  connection: { host: string; port: number; database: string; user: string; password: string };
  erp: SqlErpControl;
  /** Ends the worker; rows that were not taken up stay NEW. */
  stop(): Promise<void>;
}

const RECONNECT_MS = 1_000;
const CONNECTIONS = 3;

/**
 * Starts an ERP that speaks SQL only: views to read, interface tables to write, a worker behind them. Everything is kept in
 * its database, so that it goes on where it was. Throws what PostgreSQL says when the place cannot be made.
 */
export async function startSqlErp(options: SqlErpOptions): Promise<RunningSqlErp> {
  const seed = options.seed ?? 1;
  await makePlace(options);
  await makeTables(options, seed);
  const url = urlFor(options, options.owner);
  const pool = new Pool({ connectionString: url, max: CONNECTIONS });
  // A connection that breaks while idle is replaced by the next one who asks.
  pool.on("error", () => undefined);
  const faults = new Faults(seed);
  const worker = new InterfaceWorker(pool, faults);
  const ear = await Ear.open(url, () => worker.ring());
  const end = async (): Promise<void> => {
    await ear.close();
    await worker.stop();
    await pool.end();
  };
  try {
    const pages = await listen(options.port ?? 0, async ({ path }) => ({
      answer: await tablePage(pool, path),
      transport: "whole",
    }));
    const { hostname, port } = new URL(options.adminUrl);
    const { database, client } = options;
    return {
      url: pages.url,
      port: pages.port,
      databaseUrl: url,
      connection: { host: hostname, port: Number(port || 5432), database, ...client },
      erp: sqlControl(pool, faults),
      stop: async () => {
        await pages.stop();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Hears of new interface rows, and connects again when the line breaks. */
class Ear {
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  private constructor(
    private readonly url: string,
    private readonly heard: () => void,
  ) {}

  static async open(url: string, heard: () => void): Promise<Ear> {
    const ear = new Ear(url, heard);
    await ear.connect();
    return ear;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new Client(this.url);
    this.client = client;
    let broken = false;
    const again = (): void => {
      if (broken || this.closed) return;
      broken = true;
      client.end().catch(() => undefined);
      this.timer = setTimeout(() => void this.connect(), RECONNECT_MS).unref();
    };
    client.on("error", again);
    client.on("end", again);
    client.on("notification", this.heard);
    try {
      await client.connect();
      await client.query("listen interface_row");
    } catch {
      again();
    }
  }
}
