import type { JsonObject } from "@dovetail/domain";
import type { LineText } from "./line-text";

/** A document as a bucket keeps it. */
export interface Kept {
  key: string;
  values: JsonObject;
  problem?: string;
}

const NEWLINE = 10;
const TAB = 9;

/**
 * The documents and lines of a bucket, one text per row: `<member>\t<key>\t<line>`, and behind all lines
 * `\t<document>`. Of a line only its place is held until its document comes: parsed, all of them would take many
 * times the room of their text, and what lives that long burdens the collector.
 */
export class Bucket {
  /** Of each line: where its JSON begins and ends, its member, and the place of the next line of its key. */
  private places = new Int32Array(4 * 1024);
  private used = 0;
  private readonly chains = new Map<string, { first: number; last: number; used: boolean }>();
  private at = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly texts: LineText,
  ) {
    while (this.at < bytes.length && bytes[this.at] !== TAB) this.takeLine();
  }

  /** One after the other, for one is large when parsed. */
  *documents(): Generator<Kept> {
    while (this.at < this.bytes.length) {
      const end = this.bytes.indexOf(NEWLINE, this.at);
      yield JSON.parse(this.bytes.toString("utf8", this.at + 1, end)) as Kept;
      this.at = end + 1;
    }
  }

  /** Puts the lines of a document into it, under each of the members. */
  join(key: string, document: JsonObject, members: readonly string[]): void {
    const { places, bytes } = this;
    const lists = members.map((): JsonObject[] => []);
    const chain = this.chains.get(JSON.stringify(key));
    if (chain) chain.used = true;
    for (let at = chain?.first ?? -1; at >= 0; at = places[at + 3] as number) {
      const member = places[at + 2] as number;
      lists[member]?.push(this.texts.read(member, bytes, places[at] as number, places[at + 1] as number));
    }
    members.forEach((member, index) => (document[member] = lists[index] ?? []));
  }

  /** Keys whose lines no document took, in order of their appearance. */
  orphans(): string[] {
    return [...this.chains].filter(([, { used }]) => !used).map(([key]) => JSON.parse(key) as string);
  }

  private takeLine(): void {
    const { bytes, at } = this;
    const first = bytes.indexOf(TAB, at);
    const second = bytes.indexOf(TAB, first + 1);
    const end = bytes.indexOf(NEWLINE, second);
    // Its JSON text will do as the key of a map.
    const key = bytes.toString("utf8", first + 1, second);
    const place = this.place(second + 1, end, Number(bytes.toString("latin1", at, first)));
    const chain = this.chains.get(key);
    if (chain) {
      this.places[chain.last + 3] = place;
      chain.last = place;
    } else this.chains.set(key, { first: place, last: place, used: false });
    this.at = end + 1;
  }

  /** Where it stands among the places. Without arrays in between: garbage is what costs most here. */
  private place(begin: number, end: number, member: number): number {
    const at = this.used;
    this.used += 4;
    if (this.used > this.places.length) {
      const larger = new Int32Array(this.places.length * 2);
      larger.set(this.places);
      this.places = larger;
    }
    this.places[at] = begin;
    this.places[at + 1] = end;
    this.places[at + 2] = member;
    this.places[at + 3] = -1;
    return at;
  }
}
