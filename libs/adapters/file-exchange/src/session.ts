import { realpathSync } from "node:fs";
import { sep } from "node:path";
import { type Clock, type Files, LocalFiles, type Log, type OpenContext, SftpFiles } from "@dovetail/adapter-sdk";
import type { EntityName } from "@dovetail/domain";
import type { FileConfig } from "./config";
import { encoder } from "./out/encode";
import { refusal } from "./refusal";
import { type FileSet, type Folders, readFolders, readSets } from "./sets";

/** An open exchange: its files, and which of them hold what. */
export interface FileSession {
  config: FileConfig;
  files: Files;
  folders: Folders;
  sets: readonly FileSet[];
  clock: Clock;
  signal: AbortSignal;
  log: Log;
}

/** Nothing is connected yet: a server that is away is met by the first call. Throws AdapterError for bad settings. */
export async function openSession(context: OpenContext<FileConfig>): Promise<FileSession> {
  const { config, clock, signal, log } = context;
  const sets = readSets(config);
  const folders = readFolders(config.folders);
  if (config.outFormat === "csv" && !encoder(config.encoding))
    throw refusal(`outgoing CSV cannot be written in ${config.encoding}: outFormat json can, and is UTF-8`);
  const files = context.files ?? openFiles(context);
  return { config, files, folders, sets, clock, signal, log };
}

function openFiles({ config, signal, fileRoots = [] }: OpenContext<FileConfig>): Files {
  if (config.transport === "folder") {
    mustBeOpened(config.root, fileRoots);
    return new LocalFiles(config.root, signal);
  }
  const { host, port, apiUsername: username, apiPassword: password, privateKey, hostKey, authMethod } = config;
  if (!host) throw refusal("settings.host is missing: SFTP needs a server");
  if (!username) throw refusal("apiUsername is missing: SFTP needs a user");
  if (!hostKey)
    throw refusal(
      "hostKey is missing: without it any server could pose as yours (ssh-keyscan and ssh-keygen -l show it)",
    );
  const byKey = authMethod === "SSH_KEY";
  if (byKey ? !privateKey : !password) throw refusal(byKey ? "privateKey is missing" : "apiPassword is missing");
  return new SftpFiles(config.root, {
    host,
    port,
    username,
    hostKey,
    signal,
    ...(byKey ? { privateKey } : { password }),
  });
}

/** A tenant names a folder of our machine: only where the operator allows it. */
function mustBeOpened(root: string, opened: readonly string[]): void {
  const real = (path: string) => {
    try {
      return realpathSync(path);
    } catch {
      return path;
    }
  };
  const [mine, allowed] = [real(root), opened.map(real)];
  const below =
    root.split("/").every((part) => part !== "..") &&
    allowed.some((folder) => mine === folder || mine.startsWith(folder.replace(/[/\\]$/, "") + sep));
  if (!below) throw refusal("settings.root lies in no folder that the operator has opened to integrations");
}

/** The set of an entity. Throws AdapterError VALIDATION when no files hold it. */
export function setOf(session: FileSession, entity: EntityName): FileSet {
  const set = session.sets.find((each) => each.entity === entity);
  if (set) return set;
  throw refusal(`settings.sets has no set for ${entity}`);
}
