/**
 * A JSON value that travels as the text its owner wrote: nobody between the database and the client parses it and writes
 * it again. The text has no line breaks. For answers that are asked for often.
 */
export class JsonText {
  constructor(
    readonly text: string,
    /** Version of what the text shows (an ETag), so that nobody has to look into the text for it. */
    readonly version: number,
  ) {
    Object.freeze(this);
  }

  /** The value, for who needs it. */
  parse<T>(): T {
    return JSON.parse(this.text) as T;
  }

  /** Inside another value it is written as the value that it stands for. */
  toJSON(): unknown {
    return this.parse();
  }
}

/** Several of them as one answer, in the order in which they were asked for; null: there is none. */
export class JsonTexts {
  constructor(readonly texts: readonly (JsonText | null)[]) {
    Object.freeze(texts);
    Object.freeze(this);
  }

  /** As a list of values. */
  toJSON(): unknown {
    return this.texts;
  }
}
