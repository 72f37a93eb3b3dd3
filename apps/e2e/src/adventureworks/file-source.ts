import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "@dovetail/domain";
import { ADVENTUREWORKS_ENTITIES, csvOf, TABLE_OF, type ErpTables } from "./data";
import type { ErpAnswer, ErpSource, HandedOver } from "./source";

/** Files in a folder of this machine, which the product reads there or over SFTP. */
export type FileConnection =
  | { transport: "folder"; folder: string }
  | {
      transport: "sftp";
      /** Where the server's files lie on this machine. */
      folder: string;
      host: string;
      port: number;
      /** `SHA256:…` */
      hostKey: string;
      username: string;
      /** By password, or else by private key. */
      password?: string;
      privateKey?: string;
      /** The exchange's folder as the server names it. */
      root: string;
    };

const FOLDERS = ["in", "work", "done", "error", "out", "ack"];

/** One set per entity: orders and parts are two files each. */
const SETS = ADVENTUREWORKS_ENTITIES.map((entityType): JsonObject => {
  const { table, key, lines } = TABLE_OF[entityType];
  return {
    entityType,
    pattern: `${table}-*.csv`,
    key,
    watermark: "ModifiedDate",
    ...(lines ? { children: [{ as: lines.as, pattern: `${lines.table}-*.csv`, parentKey: key }] } : {}),
  };
});

/** An ERP that exports and imports files. */
export class FileSource implements ErpSource {
  private deliveries = 0;
  private readonly taken: HandedOver[] = [];

  constructor(private readonly connection: FileConnection) {
    for (const name of FOLDERS) mkdirSync(join(connection.folder, name), { recursive: true });
  }

  get integration(): JsonObject {
    const shape = { erpSystem: "FILE", connectionMethod: "FILE" };
    const settings: JsonObject = { format: "csv", stableMs: 0, sets: SETS };
    const { connection } = this;
    if (connection.transport === "folder")
      return {
        ...shape,
        authMethod: "NONE",
        settings: { ...settings, transport: "folder", root: connection.folder },
      };
    const { host, port, root, hostKey, username, password, privateKey } = connection;
    return {
      ...shape,
      authMethod: privateKey === undefined ? "BASIC" : "SSH_KEY",
      apiUsername: username,
      ...(privateKey === undefined ? { apiPassword: password ?? "" } : { privateKey }),
      hostKey,
      settings: { ...settings, transport: "sftp", host, port, root },
    };
  }

  load(tables: ErpTables): Promise<void> {
    return this.change(tables);
  }

  async change(tables: ErpTables): Promise<void> {
    for (const entity of ADVENTUREWORKS_ENTITIES) {
      const { table, lines } = TABLE_OF[entity];
      const heads = tables[table];
      if (!heads) continue;
      const number = String(++this.deliveries).padStart(4, "0");
      if (lines) this.deliver(`${lines.table}-${number}.csv`, csvOf(lines.table, tables[lines.table] ?? []));
      this.deliver(`${table}-${number}.csv`, csvOf(table, heads));
    }
  }

  /** Puts a file of any content where the ERP exports to, whole at once. */
  deliver(name: string, content: string | Uint8Array): void {
    const path = join(this.connection.folder, "in", name);
    writeFileSync(`${path}.part`, content);
    renameSync(`${path}.part`, path);
  }

  /** The files in one of the six folders. */
  files(folder: string): string[] {
    return readdirSync(join(this.connection.folder, folder)).sort();
  }

  async waiting(): Promise<HandedOver[]> {
    return this.files("out")
      .filter((name) => name.endsWith(".json") && !name.startsWith("."))
      .map((name) => {
        const file = JSON.parse(readFileSync(this.out(name), "utf8")) as OutFile;
        const { lines = [], ...head } = file.body;
        return { reference: file.reference, op: file.op, externalId: file.externalId, head, lines };
      });
  }

  async handedOver(): Promise<HandedOver[]> {
    return [...this.taken, ...(await this.waiting())];
  }

  /** The answer comes first: what is answered is never handed over again. */
  async answer(one: HandedOver, answer: ErpAnswer): Promise<void> {
    // Not by a search: a writer that was killed leaves a hidden half beside it.
    const stem = `PurchaseOrder-${one.reference}`;
    const ack =
      "confirmed" in answer
        ? { status: "confirmed", externalId: answer.confirmed }
        : { status: "rejected", message: answer.rejected };
    const path = join(this.connection.folder, "ack", `${stem}.ack.json`);
    writeFileSync(`${path}.part`, JSON.stringify(ack));
    renameSync(`${path}.part`, path);
    rmSync(this.out(`${stem}.json`));
    this.taken.push(one);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private out(name: string): string {
    return join(this.connection.folder, "out", name);
  }
}

interface OutFile {
  reference: string;
  op: string;
  externalId: string | null;
  body: JsonObject & { lines?: JsonObject[] };
}
