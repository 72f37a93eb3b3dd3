import type { Law } from "../checker/violation";
import type { FaultKind } from "../history";

/** A product with one promise taken out of it, to show that a run would notice. The product itself knows nothing of it. */
export interface Mutant {
  name: string;
  /** What it no longer does. */
  breaks: string;
  /** The laws of which at least one must be found broken. */
  laws: readonly Law[];
  patches: readonly Patch[];
  schedule: Schedule;
}

/** Applied to a source when a mutant is built. `find` stands in it exactly once. */
export interface Patch {
  /** From the workspace's root. */
  file: string;
  find: string;
  replace: string;
}

/** What makes one weakness show within a minute. */
export interface Schedule {
  /** The only faults that strike. */
  strikes: readonly FaultKind[];
  /** Between two of them, milliseconds on average. */
  strikeEveryMs?: number;
  /** Between two writes of a writer, milliseconds on average. */
  writeEveryMs?: number;
  /** Share of writes that make new documents, from 0 to 1. */
  creations?: number;
  /** So few records are changed again and again. */
  hotKeys?: number;
  /** Only so many of the newest records are changed, each for a while. */
  freshKeys?: number;
  /** `full`: every pull reads everything. `notices`: only what an ERP gives notice of is read, until all is quiet. */
  pulls?: "incremental" | "full" | "notices";
}

/** The source of a file in a mutant. Throws when a patch does not fit the file any more. */
export function mutated({ name, patches }: Pick<Mutant, "name" | "patches">, file: string, text: string): string {
  let changed = text;
  for (const patch of patches) {
    if (patch.file !== file) continue;
    const [before, after, ...more] = changed.split(patch.find);
    if (before === undefined || after === undefined || more.length > 0)
      throw new Error(
        `mutant ${name}: what it changes stands ${changed.split(patch.find).length - 1} times in ${file}`,
      );
    changed = `${before}${patch.replace}${after}`;
  }
  return changed;
}
