import type { EntityName, JsonObject } from "@dovetail/domain";
import {
  AdapterError,
  newReference,
  type PushOperation,
  type PushRequest,
  type PushResult,
} from "@dovetail/adapter-sdk";
import type { ConformanceHarness } from "../harness";
import { find } from "./looking-up";
import { must, portOf, pushOf, wait } from "./rule";

export type MakeOperation = Extract<PushOperation, "create" | "post">;

/** How an entity is made: state by create, facts by post. */
export function makes(harness: ConformanceHarness, entity: EntityName): MakeOperation | undefined {
  const operations = portOf(harness, entity).push?.operations ?? [];
  return (["create", "post"] as const).find((operation) => operations.includes(operation));
}

export function isMade(harness: ConformanceHarness, entity: EntityName): boolean {
  return makes(harness, entity) !== undefined;
}

export function noBody(harness: ConformanceHarness): string | undefined {
  return harness.pushBody ? undefined : "the harness has no body to push";
}

export interface Bodies {
  create: JsonObject;
  update?: JsonObject;
}

export async function bodies(harness: ConformanceHarness, entity: EntityName): Promise<Bodies> {
  const made = await harness.pushBody?.(entity);
  must(made, "the harness has no body to push");
  return made;
}

export async function makeRequest(harness: ConformanceHarness, entity: EntityName): Promise<PushRequest> {
  const op = makes(harness, entity);
  must(op, `${entity} cannot be made`);
  return { op, reference: newReference(), body: (await bodies(harness, entity)).create };
}

export function send(
  harness: ConformanceHarness,
  session: unknown,
  entity: EntityName,
  request: PushRequest,
): Promise<PushResult> {
  // Each attempt gets a body of its own: an adapter that changes it must not change the next attempt's.
  return pushOf(harness, entity).send(session, structuredClone(request));
}

const POLLS = 30;

/** The external id of a push, asked for as long as the ERP says that it is still at work. */
export async function outcome(
  harness: ConformanceHarness,
  session: unknown,
  entity: EntityName,
  result: PushResult,
): Promise<string> {
  if (result.done === "confirmed") return result.externalId;
  const { poll } = pushOf(harness, entity);
  must(poll, `${entity} accepts pushes and cannot be asked for their outcome`);
  const handle = JSON.parse(JSON.stringify(result.handle));
  for (let attempt = 0; attempt < POLLS; attempt++) {
    const answer = await poll(session, handle);
    if (answer !== "pending" && "externalId" in answer) return answer.externalId;
    must(answer === "pending", `an accepted push failed: ${JSON.stringify(answer)}`);
    await wait(harness, 1000);
  }
  must(false, `an accepted push is pending after ${POLLS} polls`);
}

/** A push until its end: where the outcome comes later, a failure is thrown as `send` would have thrown it. */
export async function settle(
  harness: ConformanceHarness,
  session: unknown,
  entity: EntityName,
  request: PushRequest,
): Promise<void> {
  const result = await send(harness, session, entity, request);
  const { poll } = pushOf(harness, entity);
  if (result.done === "confirmed" || !poll) return;
  for (let attempt = 0; attempt < POLLS; attempt++) {
    const answer = await poll(session, result.handle);
    if (answer !== "pending" && "category" in answer) throw new AdapterError(answer.message, { ...answer, sent: "no" });
    if (answer !== "pending") return;
    await wait(harness, 1000);
  }
}

/** Waits until everything that was sent must show, then counts the documents of a reference. */
export async function settledCount(
  harness: ConformanceHarness,
  session: unknown,
  entity: EntityName,
  reference: string,
): Promise<number> {
  await wait(harness, pushOf(harness, entity).settleMs ?? 0);
  if (harness.countReference) return harness.countReference(entity, reference);
  return (await find(harness, session, entity, { reference })).length;
}

export async function settledLookup(
  harness: ConformanceHarness,
  session: unknown,
  entity: EntityName,
  reference: string,
): Promise<string[]> {
  await wait(harness, pushOf(harness, entity).settleMs ?? 0);
  const rows = await find(harness, session, entity, { reference });
  return rows.map(({ externalId }) => externalId);
}
