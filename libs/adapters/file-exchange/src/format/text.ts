import type { Files } from "@dovetail/adapter-sdk";
import { SetAside } from "../refusal";

/** Decodes the bytes of one record; throws SetAside when they are not of the encoding. */
export type Decode = (bytes: Uint8Array) => string;

/** A file of text as a parser takes it: bytes in which delimiters, quotes and line ends are those of ASCII. */
export interface TextFile {
  path: string;
  decode: Decode;
  encoding: string;
  /** Bytes before the text. */
  start: number;
  /** UTF-16 is rewritten to UTF-8 on the way, so offsets are not those of the file. */
  rewrite?: "utf-16le" | "utf-16be";
  /** The first bytes, up to a quarter of a megabyte. */
  head: Uint8Array;
}

const MARKS: readonly [string, readonly number[]][] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];

function decoder(label: string, path: string): Decode {
  const strict = new TextDecoder(label, { fatal: true, ignoreBOM: true });
  return (bytes) => {
    try {
      return strict.decode(bytes);
    } catch {
      throw new SetAside(
        `${nameOf(path)} is not ${label}: bytes that this encoding does not have. Is it windows-1252?`,
      );
    }
  };
}

/** Looks at the beginning of a file. A byte order mark says what the file is, whatever was declared. */
export async function openText(files: Files, path: string, encoding: string): Promise<TextFile> {
  let first: Uint8Array = new Uint8Array();
  for await (const chunk of files.read(path)) {
    first = chunk;
    break;
  }
  const mark = MARKS.find(([, bytes]) => bytes.every((byte, at) => first[at] === byte));
  const label = new TextDecoder(mark?.[0] ?? encoding).encoding;
  const start = mark?.[1].length ?? 0;
  if (label === "utf-16le" || label === "utf-16be") {
    // An odd last byte belongs to the next chunk.
    const whole = first.subarray(start, first.length - ((first.length - start) % 2));
    const head = Buffer.from(new TextDecoder(label).decode(whole));
    return { path, decode: decoder("utf-8", path), encoding: "utf-8", start, rewrite: label, head };
  }
  const head = first.subarray(start);
  if (head.subarray(0, 4096).includes(0))
    throw new SetAside(`${nameOf(path)} holds zero bytes: is it UTF-16 without a mark?`);
  return { path, decode: decoder(label, path), encoding: label, start, head };
}

/** The text from an offset behind the mark; `seen` gets the raw bytes of the file, for a digest. */
export async function* readText(
  files: Files,
  text: TextFile,
  from: number,
  seen?: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  if (text.rewrite) return yield* rewritten(files, text, text.rewrite, from, seen);
  // A digest is of the whole file, with its mark.
  let skip = seen ? text.start + from : 0;
  for await (const chunk of files.read(text.path, seen ? 0 : text.start + from)) {
    seen?.(chunk);
    if (skip < chunk.length) yield skip === 0 ? chunk : chunk.subarray(skip);
    skip = Math.max(0, skip - chunk.length);
  }
}

async function* rewritten(
  files: Files,
  text: TextFile,
  label: string,
  from: number,
  seen?: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  const strict = new TextDecoder(label, { fatal: true, ignoreBOM: true });
  let [mark, skip] = [text.start, from];
  const pass = (bytes: Uint8Array, stream: boolean) => {
    try {
      return Buffer.from(strict.decode(bytes, { stream }));
    } catch {
      throw new SetAside(`${nameOf(text.path)} is not ${label}`);
    }
  };
  const cut = (utf8: Buffer) => {
    const rest = utf8.subarray(skip);
    skip = Math.max(0, skip - utf8.length);
    return rest;
  };
  for await (const chunk of files.read(text.path)) {
    seen?.(chunk);
    const rest = cut(pass(chunk.subarray(mark), true));
    mark = Math.max(0, mark - chunk.length);
    if (rest.length > 0) yield rest;
  }
  const end = cut(pass(new Uint8Array(), false));
  if (end.length > 0) yield end;
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
