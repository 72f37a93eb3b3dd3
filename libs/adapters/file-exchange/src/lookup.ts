import type { LookupQuery, Raw } from "@dovetail/adapter-sdk";
import type { EntityName } from "@dovetail/domain";
import { deliveriesOf } from "./delivery/delivery";
import { pickUp } from "./delivery/pick-up";
import { rowsOf } from "./delivery/rows";
import { findAnswer, isWaiting } from "./push";
import { refusal } from "./refusal";
import { type FileSession, setOf } from "./session";

/**
 * The newest row of an external id among everything that was delivered and is still kept. It is a search through files:
 * exact, and as slow as they are long. A reference is known by the answer to it.
 */
export async function lookupRows(session: FileSession, entity: EntityName, by: LookupQuery): Promise<Raw[]> {
  if (by.externalId !== undefined) return byExternalId(session, entity, by.externalId);
  if (by.reference === undefined) throw refusal("files can be searched by external id and reference only");
  const answer = await findAnswer(session, entity, by.reference);
  if (answer && "externalId" in answer) return byExternalId(session, entity, answer.externalId);
  if (answer) return [];
  if (await isWaiting(session, entity, by.reference))
    throw refusal("the file of this reference was handed over and is not answered yet", "CONFLICT");
  return [];
}

async function byExternalId(session: FileSession, entity: EntityName, externalId: string): Promise<Raw[]> {
  const set = setOf(session, entity);
  await pickUp(session, set, 0);
  const deliveries = (await deliveriesOf(session, set)).filter(({ state }) => state !== "error").reverse();
  for (const delivery of deliveries) {
    for await (const placed of rowsOf(session, set, delivery, { row: 0 })) {
      const found = placed.find(({ raw }) => raw.externalId === externalId && raw.problem === undefined);
      if (found) return [found.raw];
    }
    if (set.content === "complete") return [];
  }
  return [];
}
