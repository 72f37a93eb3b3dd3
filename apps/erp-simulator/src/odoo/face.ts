import type { Accounts } from "./accounts";
import type { Database } from "./database";
import type { OdooVersion } from "./values";

/** One HTTP request, body read. */
export interface Incoming {
  method: string;
  path: string;
  query: string;
  headers: Record<string, string | undefined>;
  body: string;
}

/** What the routes need of the server they belong to. */
export interface Face {
  readonly version: OdooVersion;
  readonly accounts: Accounts;
  readonly database: Database;
  baseUrl(): string;
}
