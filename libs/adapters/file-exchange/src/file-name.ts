import { nameMatcher } from "@dovetail/adapter-sdk";

/** Stands in a pattern for the number of a delivery. */
const SEQUENCE = "{seq}";

/** What a file's name tells. */
export interface NameParts {
  /** What the wildcards stand for, in order. */
  wild: string[];
  /** What `{seq}` stands for. */
  sequence?: number;
}

/** The names of the files of a set: with `*`, `?`, and once `{seq}` for up to 15 digits. */
export class NamePattern {
  /** As a listing takes it: wider than the pattern where that has a number. */
  readonly glob: string;
  readonly hasSequence: boolean;
  private readonly matcher: (name: string) => string[] | undefined;
  /** How many wildcards stand before the number. */
  private readonly before: number;

  constructor(readonly text: string) {
    this.hasSequence = text.includes(SEQUENCE);
    this.glob = text.replace(SEQUENCE, "*");
    this.matcher = nameMatcher(text, SEQUENCE);
    this.before = (text.split(SEQUENCE)[0]?.match(/\*+|\?/g) ?? []).length;
  }

  /** Undefined: no file of this pattern. */
  match(name: string): NameParts | undefined {
    const wild = this.matcher(name);
    if (!wild || !this.hasSequence) return wild && { wild };
    const [digits] = wild.splice(this.before, 1);
    return { wild, sequence: Number(digits) };
  }
}
