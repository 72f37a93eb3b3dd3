import { AdapterError, type LookupQuery, type PushRequest, type PushResult, type Raw } from "@dovetail/adapter-sdk";
import type { Json, JsonObject } from "@dovetail/domain";
import { encode } from "./encode";
import { refusal } from "./errors";
import type { OdooModel } from "./model";
import { changedLines, lineList, newLines } from "./push-lines";
import { readRows } from "./reader";
import type { OdooSession } from "./session";
import { FIRST_STATE, buttonFor } from "./states";

/** The messages of a record (Odoo's module mail). */
const LOG = "message_ids";

/** Creates or changes one record. */
export async function sendRecord(
  session: OdooSession,
  model: OdooModel,
  request: PushRequest,
  preset: JsonObject = {},
): Promise<PushResult> {
  if (request.op === "create") return create(session, model, request, preset);
  if (request.op === "update") return update(session, model, request);
  throw refusal(`Odoo does not ${request.op} a ${model.entity} for us`);
}

async function create(
  session: OdooSession,
  model: OdooModel,
  { body, reference }: PushRequest,
  preset: JsonObject,
): Promise<PushResult> {
  const values = { ...preset, ...(await encode(session, model, given(body))) };
  const child = lineList(model);
  if (child && body[child.as] !== undefined)
    values[child.listed] = await newLines(session, child, body[child.as] ?? null);
  Object.assign(values, await mark(session, model, values, reference));
  const state = body["state"];
  const button =
    state === undefined || state === null || state === FIRST_STATE ? undefined : await pressed(session, model, state);
  const id = await session.create(model.model, values);
  if (button !== undefined)
    await session.press(model.model, id, button).catch((error: unknown) => {
      // The document stands. What is shown says that its state does not, so the next push repeats the button alone.
      if (!(error instanceof AdapterError)) throw error;
    });
  if (!child) return { done: "confirmed", externalId: String(id) };
  const shown = await readAfter(session, model, id);
  return { done: "confirmed", externalId: String(id), ...shown };
}

/** What is not given is Odoo's to choose: an explicit "empty" would keep its defaults away. */
function given(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

async function update(session: OdooSession, model: OdooModel, request: PushRequest): Promise<PushResult> {
  const { body, externalId, version } = request;
  const id = Number(externalId);
  if (!Number.isInteger(id) || id <= 0) throw refusal("An update needs the id of the record in Odoo");
  const state = body["state"];
  const button = state === undefined || state === null ? undefined : await pressed(session, model, state);
  const values = await encode(session, model, body);
  // The source of a document holds our reference: it is written once.
  if (model.referenceField !== undefined) delete values[model.referenceField];
  const child = lineList(model);
  const lines = child ? body[child.as] : undefined;
  if (child && lines !== undefined) {
    const document = { id, lines, ...(version === undefined ? {} : { version }) };
    const commands = await changedLines(session, model, child, document);
    if (commands.length > 0) values[child.listed] = commands;
  }
  if (Object.keys(values).length > 0) await session.write(model.model, id, values);
  if (button !== undefined) await session.press(model.model, id, button);
  if (lines === undefined) return { done: "confirmed", externalId: String(id) };
  return { done: "confirmed", externalId: String(id), ...(await readAfter(session, model, id)) };
}

/** The write is done: failing to read its result must not make it look undone. */
async function readAfter(
  session: OdooSession,
  model: OdooModel,
  id: number,
): Promise<{ version?: string; shown?: Raw }> {
  try {
    const [shown] = await readRows(session, model, { domain: [["id", "=", id]] });
    return shown ? { shown, ...(shown.version === undefined ? {} : { version: shown.version }) } : {};
  } catch {
    return {};
  }
}

async function pressed(session: OdooSession, model: OdooModel, state: Json): Promise<string> {
  return buttonFor(model.entity, state, (await session.version()).major);
}

/**
 * Puts the reference where the record is created, in the same call: into a document's source, else as a first message
 * of the record's own log, which people see as "Reference …" and Odoo can search.
 */
async function mark(
  session: OdooSession,
  model: OdooModel,
  values: JsonObject,
  reference: string,
): Promise<JsonObject> {
  const field = model.referenceField;
  if (field !== undefined) {
    const source = values[field];
    return { [field]: typeof source === "string" && source !== "" ? `${source}, ${reference}` : reference };
  }
  if (!(await session.fields(model.model)).has(LOG)) throw refusal(`This Odoo keeps no log of a ${model.entity}`);
  const message = { model: model.model, message_type: "comment", body: `Reference ${reference}` };
  return { [LOG]: [[0, 0, message]] };
}

/** Rows by id, by business key or by reference; an empty answer means that there is none. */
export async function lookupRecord(session: OdooSession, model: OdooModel, by: LookupQuery): Promise<Raw[]> {
  if (by.externalId !== undefined)
    return /^\d+$/.test(by.externalId)
      ? readRows(session, model, { domain: [["id", "=", Number(by.externalId)]] })
      : [];
  if (by.reference !== undefined)
    return readRows(session, model, { domain: [[model.referenceField ?? `${LOG}.body`, "like", by.reference]] });
  const key = by.key === undefined ? undefined : Object.values(by.key)[0];
  if (typeof key === "string" && model.keyField)
    return readRows(session, model, { domain: keyDomain(model.keyField, key) });
  throw refusal(`Odoo cannot look up a ${model.entity} by this`);
}

function keyDomain(field: string, key: string): Json[] {
  const id = /^ODOO-(\d+)$/.exec(key)?.[1];
  return id === undefined
    ? [[field, "=", key]]
    : ["|", [field, "=", key], "&", [field, "=", false], ["id", "=", Number(id)]];
}
