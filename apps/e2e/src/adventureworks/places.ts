import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startTestSftp, temporaryFolder, testDatabase } from "@dovetail/testing";
import type { DatabaseConnection } from "./database-source";
import type { FileConnection } from "./file-source";
import { openSource, type ErpConnection, type ErpSource } from "./source";

/** An ERP of this run with what it runs on. */
export interface Place<C extends ErpConnection = ErpConnection> {
  connection: C;
  source: ErpSource;
  stop(): Promise<void>;
}

/** Below it lie the folders that the product may read: the value of ERP_FILE_ROOTS. */
export function fileRoot(): string {
  return temporaryFolder("exchange");
}

/** A folder of this machine. */
export async function folderPlace(folder: string): Promise<Place<FileConnection>> {
  return placeOf({ transport: "folder", folder }, () => Promise.resolve());
}

/** The same behind an SFTP server of this process, with a pinned host key. */
export async function sftpPlace(folder: string): Promise<Place<FileConnection>> {
  const login = { username: "dovetail", password: "password-of-the-exchange" };
  const server = await startTestSftp({ folder, ...login });
  const { port, hostKey } = server;
  const connection = { transport: "sftp" as const, folder, host: "127.0.0.1", port, hostKey, root: "/", ...login };
  return placeOf(connection, () => server.close());
}

/** A database of its own on the run's PostgreSQL. */
export async function postgresPlace(): Promise<Place<DatabaseConnection>> {
  const database = await testDatabase([]);
  const url = new URL(database.adminUrl);
  const connection: DatabaseConnection = {
    transport: "database",
    dialect: "postgresql",
    host: "127.0.0.1",
    port: Number(url.port),
    database: url.pathname.slice(1),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
  return placeOf(connection, () => database.drop());
}

/** Every way to an ERP that needs nothing but this machine, by name; the folders are made below `root`. */
export function localPlaces(root: string): Record<"folder" | "sftp" | "postgresql", () => Promise<Place>> {
  const folder = (name: string): string => {
    const path = join(root, name);
    mkdirSync(path);
    return path;
  };
  return {
    folder: () => folderPlace(folder("folder")),
    sftp: () => sftpPlace(folder("sftp")),
    postgresql: postgresPlace,
  };
}

function placeOf<C extends ErpConnection>(connection: C, end: () => Promise<void>): Place<C> {
  const source = openSource(connection);
  return {
    connection,
    source,
    async stop() {
      await source.close();
      await end();
    },
  };
}
