import type { Files } from "@dovetail/adapter-sdk";
import type { Layout } from "../layout";
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
  /** The encoding of a file that is rewritten to UTF-8 on the way; offsets are then not those of the file. */
  rewrite?: string;
  /** The first bytes, up to a quarter of a megabyte. */
  head: Uint8Array;
}

/** In these a byte that looks like a delimiter, a backslash or a line end can be part of another character. */
const REWRITTEN = ["utf-16le", "utf-16be", "gbk", "gb18030", "big5", "shift_jis", "iso-2022-jp", "euc-jp", "euc-kr"];

const MARKS: readonly [string, readonly number[]][] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];

function decoder(label: string, path: string): Decode {
  const strict = new TextDecoder(label, { fatal: true, ignoreBOM: true });
  // Node 20 takes windows-1252 for ISO 8859-1 (no euro sign) unless it streams. One byte a character leaves nothing over.
  const options = { stream: label !== "utf-8" };
  return (bytes) => {
    try {
      return strict.decode(bytes, options);
    } catch {
      throw new SetAside(
        `${nameOf(path)} is not ${label}: bytes that this encoding does not have. Is it windows-1252?`,
      );
    }
  };
}

/** Looks at the beginning of a file. A byte order mark says what it is, else XML does itself, else the settings do. */
export async function openText(files: Files, path: string, { encoding, format }: Layout): Promise<TextFile> {
  let first: Uint8Array = new Uint8Array();
  for await (const chunk of files.read(path)) {
    first = chunk;
    break;
  }
  const declared = format === "xml" ? declaredEncoding(first) : undefined;
  const mark = MARKS.find(([, bytes]) => bytes.every((byte, at) => first[at] === byte));
  const label = new TextDecoder(mark?.[0] ?? declared ?? encoding).encoding;
  const start = mark?.[1].length ?? 0;
  if (REWRITTEN.includes(label)) {
    // A last character that is cut is left out.
    const head = Buffer.from(new TextDecoder(label).decode(first.subarray(start), { stream: true }));
    return { path, decode: decoder("utf-8", path), encoding: "utf-8", start, rewrite: label, head };
  }
  const head = first.subarray(start);
  if (head.subarray(0, 4096).includes(0))
    throw new SetAside(`${nameOf(path)} holds zero bytes: is it UTF-16 without a mark?`);
  return { path, decode: decoder(label, path), encoding: label, start, head };
}

/** What an XML declaration in bytes of ASCII says of the encoding; undefined: nothing that is known. */
function declaredEncoding(first: Uint8Array): string | undefined {
  const declaration = /^<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(
    Buffer.from(first.subarray(0, 200)).toString("latin1"),
  );
  try {
    const label = declaration?.[1] && new TextDecoder(declaration[1]).encoding;
    // Its bytes would not be those of ASCII.
    return label?.startsWith("utf-16") ? undefined : label || undefined;
  } catch {
    return undefined;
  }
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
