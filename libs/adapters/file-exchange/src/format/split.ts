import type { Quoting } from "../layout";
import { SetAside } from "../refusal";

/** One record's bytes, without its line end. */
export interface Piece {
  bytes: Uint8Array;
  /** Offset of the first byte behind the record and its line end. */
  end: number;
  /** False: the file ended before the line did. */
  closed: boolean;
  /** A line end stands inside quotes. */
  folded: boolean;
  /** The file ended inside quotes, or text follows a closing quote. */
  broken?: "unclosed" | "afterQuote";
}

const LF = 10;
const CR = 13;
const QUOTE = 34;
const BACKSLASH = 92;
/** A longer record means that a quote was never closed; nothing of that size could be stored either. */
const MAX_RECORD = 8 * 1024 * 1024;

const enum At {
  fieldStart,
  text,
  quoted,
  quoteInQuoted,
}

/** What hides line ends from the cutting. */
export interface Dialect {
  delimiter: string;
  quoting: Quoting;
}

/**
 * Cuts text into lines, ended by LF, CRLF or CR, also mixed. With a dialect, line ends inside quotes belong to the
 * field (RFC 4180); a quote that does not begin a field is an ordinary character. Empty lines are left out.
 * Yields one list per chunk: a step per record would cost more than the cutting.
 */
export async function* split(
  chunks: AsyncIterable<Uint8Array>,
  from: number,
  dialect?: Dialect,
): AsyncGenerator<Piece[]> {
  const quotes = dialect !== undefined && dialect.quoting !== "none";
  const cutter = new Cutter(from, quotes ? dialect.delimiter.charCodeAt(0) : -1, dialect?.quoting === "backslash");
  for await (const chunk of chunks) {
    const pieces = cutter.take(chunk);
    if (pieces.length > 0) yield pieces;
  }
  const last = cutter.finish();
  if (last) yield [last];
}

class Cutter {
  private at: At = At.fieldStart;
  private rest: Uint8Array[] = [];
  private restLength = 0;
  private folded = false;
  private broken: Piece["broken"];
  private skipLf = false;
  /** The character before was a backslash that makes this one an ordinary one. */
  private escaped = false;

  constructor(
    /** Offset of the next chunk. */
    private offset: number,
    /** Below zero: a line is a line. */
    private readonly delimiter: number,
    private readonly backslash: boolean,
  ) {}

  take(chunk: Uint8Array): Piece[] {
    const pieces: Piece[] = [];
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] as number;
      const isEnd = byte === LF || byte === CR;
      if (this.skipLf) {
        this.skipLf = false;
        if (byte === LF && i === start && this.restLength === 0) {
          start = i + 1;
          const last = pieces.at(-1);
          if (last) last.end++;
          continue;
        }
      }
      if (this.escaped) this.escaped = false;
      else if (isEnd && this.at !== At.quoted) {
        this.skipLf = byte === CR;
        this.end(chunk.subarray(start, i), this.offset + i + 1, true, pieces);
        start = i + 1;
      } else if (this.delimiter >= 0) this.step(byte, isEnd);
    }
    this.keep(chunk.subarray(start));
    this.offset += chunk.length;
    return pieces;
  }

  finish(): Piece | undefined {
    if (this.at === At.quoted || this.escaped) this.broken = "unclosed";
    const pieces: Piece[] = [];
    this.end(new Uint8Array(), this.offset, false, pieces);
    return pieces[0];
  }

  private step(byte: number, isEnd: boolean): void {
    if (this.backslash && byte === BACKSLASH) {
      this.escaped = true;
      if (this.at === At.fieldStart) this.at = At.text;
      if (this.at !== At.quoteInQuoted) return;
    }
    switch (this.at) {
      case At.fieldStart:
        this.at = byte === QUOTE ? At.quoted : byte === this.delimiter ? At.fieldStart : At.text;
        return;
      case At.text:
        if (byte === this.delimiter) this.at = At.fieldStart;
        return;
      case At.quoted:
        if (byte === QUOTE) this.at = At.quoteInQuoted;
        else if (isEnd) this.folded = true;
        return;
      case At.quoteInQuoted:
        if (byte === QUOTE && !this.backslash) this.at = At.quoted;
        else if (byte === this.delimiter) this.at = At.fieldStart;
        else {
          this.broken = "afterQuote";
          this.at = At.text;
        }
    }
  }

  private keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.rest.push(bytes);
    this.restLength += bytes.length;
    if (this.restLength > MAX_RECORD) throw new SetAside("a record is longer than 8 MiB: a quote is not closed");
  }

  private end(bytes: Uint8Array, end: number, closed: boolean, pieces: Piece[]): void {
    const whole = this.restLength === 0 ? bytes : Buffer.concat([...this.rest, bytes]);
    const { folded, broken } = this;
    this.rest = [];
    this.restLength = 0;
    this.at = At.fieldStart;
    this.folded = false;
    this.escaped = false;
    this.broken = undefined;
    if (whole.length > 0) pieces.push({ bytes: whole, end, closed, folded, ...(broken ? { broken } : {}) });
  }
}
