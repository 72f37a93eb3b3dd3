import type { JsonObject } from "@dovetail/domain";

/** One record of a file. */
export interface FileRecord {
  /** Its columns as they stand there; of a record with a problem what could be told apart. */
  values: JsonObject;
  /** XML: the record itself. */
  xml?: string;
  /** What is wrong with this record alone. */
  problem?: string;
  /** Where to go on behind it: a byte offset in the text, of XML the number of records. */
  end: number;
}

/** An opened file: its columns are known, its records are read as often as wanted. */
export interface FileReader {
  path: string;
  /** Undefined where records name their own members. */
  columns?: readonly string[];
  /** Records from an offset on, one list per chunk; `seen` gets the raw bytes, for a digest. Throws SetAside. */
  records(from?: number, seen?: (bytes: Uint8Array) => void): AsyncGenerator<FileRecord[]>;
}

/** What one line says. */
export type Parsed = Pick<FileRecord, "values" | "problem">;
