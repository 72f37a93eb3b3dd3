import type { JsonObject } from "@dovetail/domain";
import { DatabaseSource, type DatabaseConnection } from "./database-source";
import type { ErpTables } from "./data";
import { FileSource, type FileConnection } from "./file-source";

/** A document as it was handed over to the ERP. */
export interface HandedOver {
  reference: string;
  op: string;
  externalId: string | null;
  /** By the ERP's own column names. */
  head: JsonObject;
  lines: JsonObject[];
}

/** What the ERP says to it. */
export type ErpAnswer = { confirmed: string } | { rejected: string };

/** An ERP with the manufacturer's purchasing data, and the side of it that takes orders. */
export interface ErpSource {
  /** What POST /erp/integrations needs beside a name and entities: system, credentials, settings. */
  readonly integration: JsonObject;
  /** Puts the first state there. */
  load(tables: ErpTables): Promise<void>;
  /** Puts new and changed rows there; the rows of lines that are given are all lines that their documents have now. */
  change(tables: ErpTables): Promise<void>;
  /** What was handed over and has no answer yet. */
  waiting(): Promise<HandedOver[]>;
  /** Everything that was ever handed over; a reference that stands here twice was written twice. */
  handedOver(): Promise<HandedOver[]>;
  answer(one: HandedOver, answer: ErpAnswer): Promise<void>;
  close(): Promise<void>;
}

/** How an ERP is reached: by a folder, by SFTP with a pinned host key, or by its database. */
export type ErpConnection = FileConnection | DatabaseConnection;

/** The ERP behind a connection; nothing is there until `load`. */
export function openSource(connection: ErpConnection): ErpSource {
  return connection.transport === "database" ? new DatabaseSource(connection) : new FileSource(connection);
}
