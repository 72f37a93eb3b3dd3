import {
  canonicalMapping,
  AdapterError,
  type ClassifyInput,
  defineAdapter,
  type EntityPort,
  httpClassify,
  type ServerInfo,
  type SourceField,
} from "@dovetail/adapter-sdk";
import { ENTITIES, ENTITY_NAMES, type EntityName } from "@dovetail/domain";
import { connection, type FileConfig } from "./config";
import { deliveriesOf } from "./delivery/delivery";
import { openReader } from "./format/reader";
import { lookupRows } from "./lookup";
import { pullRows } from "./pull";
import { pollAnswer, sendFile } from "./push";
import { type FileSession, openSession } from "./session";
import type { NamePattern } from "./file-name";
import type { Layout } from "./layout";
import { FOLDERS } from "./sets";
import { templates } from "./templates";

/** Class K: the file of a reference has one name, and what was answered is not handed over again. */
function port(entity: EntityName): EntityPort<FileSession> {
  return {
    pull: (session, query) => pullRows(session, entity, query),
    push: {
      class: "K",
      operations: ENTITIES[entity].kind === "fact" ? ["post"] : ["create", "update"],
      send: (session, request) => sendFile(session, entity, request),
      poll: (session, handle) => pollAnswer(session, entity, handle),
    },
    lookup: (session, by) => lookupRows(session, entity, by),
  };
}

/** Every folder is there and takes a file. Throws AdapterError that names the one that does not. */
async function test(session: FileSession): Promise<ServerInfo> {
  const { files, folders, config } = session;
  for (const name of FOLDERS) {
    const probe = `${folders[name]}/.dovetail-test`;
    await files.list(folders[name]);
    try {
      await files.write(probe, Buffer.from("test"));
      await files.remove(probe);
    } catch (error) {
      const { category, code, sent } = error as AdapterError;
      if (!(error instanceof AdapterError) || category === "TRANSIENT") throw error;
      throw new AdapterError(`the folder ${name} takes no files: ${error.message}`, {
        category,
        code,
        sent,
        cause: error,
      });
    }
  }
  const waiting = (await files.list(folders.in)).length;
  const product = config.transport === "sftp" ? `SFTP ${config.host ?? ""}` : "Folder";
  return { product: product.trim(), details: { waiting, sets: session.sets.map(({ entity }) => entity) } };
}

/** The columns of the newest files, of lines under the member that lists them. */
async function describe(session: FileSession, entity: EntityName): Promise<SourceField[]> {
  const { files, folders } = session;
  const set = session.sets.find((each) => each.entity === entity);
  if (!set) return [];
  const newest = (await deliveriesOf(session, set)).filter(({ state }) => state !== "error").at(-1);
  const columns = async (
    taken: string | undefined,
    { glob }: NamePattern,
    layout: Layout,
    needed: readonly string[],
  ) => {
    const path = taken ?? (await files.list(folders.in, glob)).at(-1)?.path;
    return path === undefined ? [] : ((await openReader(files, path, layout, needed)).columns ?? []);
  };
  const own = await columns(newest?.head.path, set.pattern, set.layout, set.key);
  // Before the first delivery nothing is known: lists alone would say that there is no other field.
  if (own.length === 0) return [];
  const fields = own.map((name) => ({ name, type: "text" }));
  for (const { as, columns: names } of set.layout.recordTypes?.lines ?? [])
    fields.push(
      { name: as, type: "list" },
      ...names.map((each) => ({ name: `${as}.${typeof each === "string" ? each : each.name}`, type: "text" })),
    );
  for (const [index, { as, pattern, layout, parentKey }] of set.children.entries()) {
    const names = await columns(newest?.children[index]?.path, pattern, layout, parentKey);
    fields.push({ name: as, type: "list" }, ...names.map((name) => ({ name: `${as}.${name}`, type: "text" })));
  }
  return fields;
}

/** A failure of a folder or server is classified where it happens; what is not known is worth another try. */
function classify(failure: ClassifyInput) {
  return httpClassify(failure);
}

/** Files in a folder or an SFTP account: CSV, JSON lines, XML, fixed width. */
export const fileExchange = defineAdapter<FileConfig, FileSession>({
  system: "FILE",
  version: 1,
  title: "File exchange",
  connectionMethod: "FILE",
  anySystem: true,
  connection,
  auth: ["NONE", "BASIC", "SSH_KEY"],
  inbound: ["FILE_IMPORT", "SFTP_FILE"],
  outbound: ["SFTP_FILE"],
  formats: ["csv", "jsonl", "xml", "fixed"],
  realTime: false,
  limits: { concurrent: 2 },
  open: openSession,
  close: (session) => session.files.close(),
  test,
  describe,
  entities: Object.fromEntries(ENTITY_NAMES.map((entity) => [entity, port(entity)])),
  classify,
  mappings: Object.fromEntries(ENTITY_NAMES.map((entity) => [entity, canonicalMapping(entity, { emptyValues: [""] })])),
  templates,
});
