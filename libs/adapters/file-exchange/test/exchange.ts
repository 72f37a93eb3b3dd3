import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Adapter, Files, Log, Page, PullQuery, Raw } from "@dovetail/adapter-sdk";
import type { EntityName, Json, JsonObject } from "@dovetail/domain";
import { systemClock } from "@dovetail/adapter-sdk";
import { startTestSftp, temporaryFolder, type TestSftpServer } from "@dovetail/testing";
import { fileExchange } from "../src";
import type { FileSession } from "../src/session";

const quiet = () => undefined;
const silent: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
/** What stands below a root. */
export const FOLDERS = ["in", "work", "done", "error", "out", "ack"];

/** Settings as they stand once the defaults are in. */
export const DEFAULTS: JsonObject = {
  authMethod: "NONE",
  transport: "folder",
  port: 22,
  format: "csv",
  encoding: "utf-8",
  delimiter: "auto",
  quoting: "double",
  marker: "none",
  stableMs: 0,
  outFormat: "json",
  outSequence: "none",
  acknowledged: true,
};

/** A fresh root with its folders. */
export function newRoot(root = temporaryFolder("exchange")): string {
  for (const name of FOLDERS) mkdirSync(join(root, name), { recursive: true });
  return root;
}

/** Puts a file where its sender would. */
export function deliver(root: string, name: string, content: string | Uint8Array): void {
  writeFileSync(join(root, "in", name), content);
  utimesSync(join(root, "in", name), new Date(1_700_000_000_000), new Date(1_700_000_000_000));
}

export interface OpenOptions {
  signal?: AbortSignal;
  files?: Files;
  log?: Log;
}

/** A session over a folder, past the driver of the registry. */
export async function openFolder(root: string, settings: JsonObject, options: OpenOptions = {}): Promise<FileSession> {
  const { signal = new AbortController().signal, files, log = silent } = options;
  const session = await fileExchange.open({
    config: { ...DEFAULTS, root, ...settings },
    http: { request: () => Promise.reject(new Error("files need no HTTP")) },
    clock: systemClock,
    signal,
    log,
    fileRoots: [root],
    ...(files ? { files } : {}),
  });
  return session as FileSession;
}

const LOGIN = { username: "dovetail", password: "sftp-password" };

/** The settings and credentials of a session over SFTP with the same folder behind it. */
export async function sftpOver(root: string): Promise<{ server: TestSftpServer; config: JsonObject }> {
  const server = await startTestSftp({ folder: root, ...LOGIN });
  const config: JsonObject = {
    transport: "sftp",
    authMethod: "BASIC",
    root: "/",
    host: "127.0.0.1",
    port: server.port,
    hostKey: server.hostKey,
    apiUsername: LOGIN.username,
    apiPassword: LOGIN.password,
  };
  return { server, config };
}

export interface Read {
  pages: Page[];
  rows: Raw[];
  cursor: Json;
}

/** All pages of a pull, or the first `stopAfter`. */
export async function readAll(
  session: FileSession,
  entity: EntityName,
  query: Partial<PullQuery> & { stopAfter?: number } = {},
): Promise<Read> {
  const { stopAfter, ...rest } = query;
  const pull = (fileExchange as Adapter).entities[entity]?.pull;
  if (!pull) throw new Error(`${entity} cannot be pulled`);
  const pages: Page[] = [];
  for await (const page of pull(session, { mode: "full", cursor: null, pageSize: 1000, lookbackSeconds: 0, ...rest })) {
    pages.push(page);
    if (pages.length === stopAfter) break;
  }
  const cursor = JSON.parse(JSON.stringify(pages.at(-1)?.cursor ?? null)) as Json;
  return { pages, rows: pages.flatMap(({ rows }) => rows), cursor };
}

/** A session through a folder, or through an SFTP server in front of the same folder. */
export async function openThrough(
  transport: string,
  root: string,
  settings: JsonObject,
  options: OpenOptions = {},
): Promise<{ session: FileSession; server?: TestSftpServer; close(): Promise<void> }> {
  if (transport === "folder") {
    const session = await openFolder(root, settings, options);
    return { session, close: () => session.files.close() };
  }
  const { server, config } = await sftpOver(root);
  const session = await openFolder(root, { ...settings, ...config }, options);
  const close = async () => {
    await session.files.close();
    await server.close();
  };
  return { session, server, close };
}
