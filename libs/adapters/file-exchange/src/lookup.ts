import { AdapterError, type LookupQuery, type Raw } from "@dovetail/adapter-sdk";
import type { EntityName } from "@dovetail/domain";
import { deliveriesOf, followingMoves, isMissing } from "./delivery/delivery";
import { untaken } from "./delivery/pick-up";
import { rowsOf } from "./delivery/rows";
import { findAnswer, isWaiting } from "./push";
import { refusal } from "./refusal";
import { type FileSession, setOf } from "./session";
import type { FileSet } from "./sets";

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

/** A pull may take in at this moment what is looked at here; then it is looked for anew. */
const LOOKS = 5;

async function byExternalId(session: FileSession, entity: EntityName, externalId: string): Promise<Raw[]> {
  const set = setOf(session, entity);
  for (let look = 1; look <= LOOKS; look++) {
    try {
      return await search({ ...session, files: followingMoves(session) }, set, externalId);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  throw new AdapterError("the files moved on while they were searched", {
    category: "TRANSIENT",
    code: "ERP001",
    sent: "no",
  });
}

/** Nothing is moved: taking in is for pulls, which know what they have read. */
async function search(session: FileSession, set: FileSet, externalId: string): Promise<Raw[]> {
  const waiting = await untaken(session, set);
  const taken = (await deliveriesOf(session, set)).filter(({ state }) => state !== "error");
  for (const delivery of [...taken, ...waiting].reverse()) {
    for await (const placed of rowsOf(session, set, delivery, { row: 0 })) {
      const found = placed.find(({ raw }) => raw.externalId === externalId && raw.problem === undefined);
      if (found) return [found.raw];
    }
    if (set.content === "complete") return [];
  }
  return [];
}
