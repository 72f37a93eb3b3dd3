import { openReader } from "../src/format/reader";
import type { FileRecord } from "../src/format/record";
import type { Layout } from "../src/layout";

/** Bytes in chunks of a size. */
export async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** One file in memory, read in chunks of a few bytes. */
export function files(content: Uint8Array, size: number): Parameters<typeof openReader>[0] {
  return {
    read: (_path: string, from = 0) =>
      chunked(from === 0 ? content : content.subarray(from), from === 0 && size < 64 ? 64 : size),
  } as unknown as Parameters<typeof openReader>[0];
}

/** A layout of CSV, unless told otherwise. */
export const layout = (more: Partial<Layout>): Layout => ({
  format: "csv",
  encoding: "utf-8",
  delimiter: "auto",
  quoting: "double",
  ...more,
});

/** All records of a text, read in chunks of a few bytes. */
export async function recordsOf(
  content: string | Uint8Array,
  more: Partial<Layout>,
  needed: string[] = [],
  size = 7,
): Promise<FileRecord[]> {
  const reader = await openReader(files(Buffer.from(content), size), "x", layout(more), needed);
  const all: FileRecord[] = [];
  for await (const records of reader.records()) all.push(...records);
  return all;
}
