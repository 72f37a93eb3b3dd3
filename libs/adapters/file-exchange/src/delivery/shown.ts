import type { Raw } from "@dovetail/adapter-sdk";
import { openReader } from "../format/reader";
import { nameOf } from "../format/text";
import { isObject, type SetAside } from "../refusal";
import type { FileSession } from "../session";
import type { FileSet } from "../sets";
import type { Delivery } from "./delivery";
import type { Held } from "./pick-up";
import { toRaw } from "./rows";

/** A delivery that was set aside, as a row: rejected with its reason, where people look for what did not arrive. */
export async function asideRow(session: FileSession, delivery: Delivery, path: string): Promise<Raw> {
  let reason = "it was set aside";
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of session.files.read(path)) chunks.push(chunk);
    const report: unknown = JSON.parse(Buffer.concat(chunks).toString());
    if (isObject(report) && typeof report["reason"] === "string") reason = report["reason"];
  } catch {
    // The row says that something is wrong also where the reason cannot be read.
  }
  const file = nameOf(delivery.head.name);
  return {
    externalId: `${file}@${delivery.number}`,
    body: { file },
    problem: `${file} was set aside whole: ${reason}`,
  };
}

/**
 * What became of a delivery's files while it was read, as a row where that is wrong: a sender that goes on writing into
 * a file that stood still is noticed here at the latest. Each row that could be read is delivered.
 */
export async function changedRow(
  { files }: FileSession,
  { head, children, number }: Delivery,
  broken?: SetAside,
): Promise<Raw | undefined> {
  let reason = broken?.message;
  for (const { path, name, size } of [head, ...children]) {
    const now = await files.stat(path);
    if (now && now.size !== size) reason ??= `${name} has ${now.size} bytes, and had ${size}`;
  }
  if (reason === undefined) return undefined;
  const problem = `${head.name} was changed after it had been taken, deliver it again as a whole: ${reason}`;
  return { externalId: `${head.name}@${number}`, body: { file: head.name }, problem };
}

/**
 * A delivery that waits for those before it, as a row. It bears the external id of the delivery's first row: what is
 * said of it here is settled when that row is read.
 */
export async function waitingRow(session: FileSession, set: FileSet, { path, reason }: Held): Promise<Raw> {
  const file = nameOf(path);
  return {
    externalId: (await firstId(session, set, path)) ?? file,
    body: { file },
    problem: `${file} waits in the folder ${session.folders.in}: ${reason}`,
  };
}

async function firstId(session: FileSession, set: FileSet, path: string): Promise<string | undefined> {
  try {
    const reader = await openReader(session.files, path, set.layout, set.key);
    for await (const records of reader.records())
      for (const record of records) {
        const raw = toRaw(set, nameOf(path), record);
        if (raw.problem === undefined) return raw.externalId;
      }
  } catch {
    // It is checked when its turn comes.
  }
  return undefined;
}
