import { refusal } from "../refusal";

/** Bytes of a text. Throws AdapterError VALIDATION for a character that the encoding does not have. */
export type Encode = (text: string) => Buffer;

const tables = new Map<string, ReadonlyMap<string, number>>();

/** Writes an encoding of the WHATWG standard; undefined for those of several bytes other than Unicode's. */
export function encoder(encoding: string): Encode | undefined {
  const label = new TextDecoder(encoding).encoding;
  if (label === "utf-8") return (text) => Buffer.from(text);
  // Without its mark nobody could tell UTF-16 from anything else.
  if (label === "utf-16le") return (text) => Buffer.from(`\uFEFF${text}`, "utf16le");
  if (label === "utf-16be") return (text) => Buffer.from(`\uFEFF${text}`, "utf16le").swap16();
  const table = tables.get(label) ?? tableOf(label);
  tables.set(label, table);
  return table.size < 128 ? undefined : (text) => singleBytes(text, table, label);
}

/** What each byte stands for, the other way round. */
function tableOf(label: string): ReadonlyMap<string, number> {
  const table = new Map<string, number>();
  for (let byte = 0; byte < 256; byte++) {
    // Streaming, for Node 20 takes windows-1252 for ISO 8859-1 otherwise.
    const char = new TextDecoder(label).decode(Uint8Array.of(byte), { stream: true });
    // A byte that begins a character of two is none by itself.
    if (char.length !== 1) return new Map();
    if (char !== "\uFFFD" && !table.has(char)) table.set(char, byte);
  }
  return table;
}

function singleBytes(text: string, table: ReadonlyMap<string, number>, label: string): Buffer {
  const bytes = Buffer.allocUnsafe(text.length);
  for (let i = 0; i < text.length; i++) {
    const byte = table.get(text[i] as string);
    if (byte === undefined)
      throw refusal(
        `${label} does not have the character ${JSON.stringify(String.fromCodePoint(text.codePointAt(i) ?? 0))}`,
      );
    bytes[i] = byte;
  }
  return bytes;
}
