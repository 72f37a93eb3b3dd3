import { createHash } from "node:crypto";
import { openReader } from "../format/reader";
import { nameOf } from "../format/text";
import { keyOfXml } from "../format/xml-key";
import { SetAside } from "../refusal";
import type { FileSession } from "../session";
import type { Layout } from "../layout";
import type { FileSet } from "../sets";

/** What one look at all of a file tells. */
export interface Checked {
  /** SHA-256, hexadecimal. */
  sha256: string;
  rows: number;
}

/** Reads a file from end to end before anything of it is delivered. Throws SetAside with what is wrong. */
export async function checkHead(session: FileSession, set: FileSet, path: string): Promise<Checked> {
  const needed = [...set.key, ...(set.watermark ? [set.watermark] : [])];
  const { bad, first, ...checked } = await check(session, path, set.layout, needed, set.key);
  if (checked.rows > 0 && bad === checked.rows)
    throw new SetAside(`${nameOf(path)}: not one of its ${checked.rows} rows can be read (${first})`);
  return checked;
}

/** A bad line could belong to any document: files of lines are taken without fault or not at all. */
export async function checkChild(
  session: FileSession,
  layout: Layout,
  parentKey: readonly string[],
  path: string,
): Promise<Checked> {
  const { bad, first, ...checked } = await check(session, path, layout, parentKey, parentKey);
  if (bad > 0) throw new SetAside(`${nameOf(path)}: ${bad} of its ${checked.rows} lines cannot be read (${first})`);
  return checked;
}

async function check(
  session: FileSession,
  path: string,
  layout: Layout,
  needed: readonly string[],
  key: readonly string[],
): Promise<Checked & { bad: number; first: string }> {
  const digest = createHash("sha256");
  const reader = await openReader(session.files, path, layout, needed);
  let rows = 0;
  let bad = 0;
  let first = "";
  for await (const records of reader.records(undefined, (bytes) => digest.update(bytes))) {
    for (const record of records) {
      rows++;
      const problem =
        record.problem ?? (layout.format === "csv" || layout.format === "fixed" ? undefined : keyProblem(record, key));
      if (problem === undefined) continue;
      if (bad++ === 0) first = `row ${rows}: ${problem}`;
    }
  }
  return { sha256: digest.digest("hex"), rows, bad, first };
}

/** Records that name their own members may lack those of the key. */
function keyProblem(
  record: { values: Record<string, unknown>; xml?: string },
  key: readonly string[],
): string | undefined {
  const missing =
    record.xml === undefined ? key.filter((name) => record.values[name] == null) : keyOfXml(record.xml, key).missing;
  return missing.length > 0 ? `there is no ${missing.join(", ")}` : undefined;
}
