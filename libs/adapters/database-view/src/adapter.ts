import {
  type Classification,
  type ClassifyInput,
  classifySql,
  defineAdapter,
  type EntityPort,
  httpClassify,
  type SourceField,
} from "@dovetail/adapter-sdk";
import { ENTITIES, ENTITY_NAMES, type EntityName } from "@dovetail/domain";
import { connection, type DatabaseConfig } from "./config";
import { lookupRows } from "./lookup";
import { plainMapping } from "./mapping";
import { pullRows } from "./pull";
import { pollRow, sendRow } from "./push";
import { type DatabaseSession, openSession } from "./session";
import { listStamps } from "./stamps";
import { templates } from "./templates";

/** Any entity: which ones there are is said by the integration's settings. */
function port(entity: EntityName): EntityPort<DatabaseSession> {
  return {
    pull: (session, query) => pullRows(session, session.view(entity), query),
    deletesSeen: true,
    push: {
      class: "K",
      // Nothing in a table without a reference column tells a second writing from the first.
      terms: ({ writes }) => ({ class: writes.has(entity) && !writes.get(entity)?.reference ? "N" : "K" }),
      operations: ENTITIES[entity].kind === "fact" ? ["post"] : ["create", "update"],
      send: (session, request) => sendRow(session, entity, request),
      poll: (session, handle) => pollRow(session, entity, handle),
    },
    lookup: (session, by) => lookupRows(session, entity, by),
    stamps: (session, from) => listStamps(session, session.view(entity), from),
  };
}

/** The columns of the entity's view and the lists of its children; without a view those of the table we write. */
async function describe(session: DatabaseSession, entity: EntityName): Promise<SourceField[]> {
  const view = session.views.get(entity);
  const table = view?.view ?? session.writes.get(entity)?.table;
  if (table === undefined) return [];
  const columns = [...(await session.columns(table)).values()];
  const key = new Set(view?.key);
  const own = columns.map(({ name, type }) => ({ name, type, required: key.has(name) }));
  const lists = (view?.children ?? []).map(async ({ as, view: child }) => {
    const fields = [...(await session.columns(child)).values()];
    return [
      { name: as, type: "list", label: child },
      ...fields.map(({ name, type }) => ({ name: `$.${as}[*].${name}`, type, label: `${name} of ${child}` })),
    ];
  });
  return [...own, ...(await Promise.all(lists)).flat()];
}

/** Signs in and finds every view, table and column that the settings name. */
async function test(session: DatabaseSession) {
  const [row] = await session.sql.query(session.dialect.versionQuery);
  for (const { view, key, watermark, children } of session.views.values()) {
    for (const name of [...key, ...(watermark ? [watermark] : [])]) await session.column(view, name);
    for (const child of children) for (const name of child.parentKey) await session.column(child.view, name);
  }
  for (const { table, reference, key, children } of session.writes.values()) {
    for (const name of [...(reference === undefined ? [] : [reference]), ...key]) await session.column(table, name);
    for (const child of children) await session.columns(child.table);
  }
  const version = String(row?.["version"] ?? "");
  return { product: /mariadb/i.test(version) ? "MariaDB" : session.dialect.product, version };
}

function classify(failure: ClassifyInput): Classification {
  return classifySql(failure.bodyCode ?? "") ?? httpClassify(failure);
}

/** Views and interface tables of PostgreSQL, MySQL or MariaDB, SQL Server and Oracle. */
export const databaseView = defineAdapter<DatabaseConfig, DatabaseSession>({
  system: "DATABASE",
  version: 1,
  title: "Database views and interface tables",
  connectionMethod: "DATABASE",
  anySystem: true,
  connection,
  auth: ["BASIC"],
  inbound: ["REST_POLLING"],
  outbound: ["REST_PUSH"],
  formats: ["SQL"],
  realTime: false,
  limits: { concurrent: 4 },
  open: openSession,
  close: (session) => session.sql.close(),
  test,
  describe,
  entities: Object.fromEntries(ENTITY_NAMES.map((entity) => [entity, port(entity)])),
  classify,
  mappings: Object.fromEntries(ENTITY_NAMES.map((entity) => [entity, plainMapping(entity)])),
  templates,
});
