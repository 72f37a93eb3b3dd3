export const BENCHES = ["sync", "api", "writer", "push", "drain", "scale", "status"] as const;
export type Bench = (typeof BENCHES)[number];

export interface Options {
  benches: Bench[];
  json: boolean;
  /** Rows of a sync; each number is a series of its own. */
  rows: number[];
  runs: number;
  /** Says at the end where the sync-engine's time goes. */
  profile: boolean;
  /** Goes on though the limit does not reach its share of COPY: for a machine that has other work to do. */
  busy: boolean;
  /** Small numbers of everything. */
  quick: boolean;
}

export const USAGE =
  "npm run bench -- sync|api|writer|push|drain|scale|status … [--json] [--rows N[,N]] [--runs N] [--quick] [--no-profile] [--busy]";

/** Reads the command line. Throws with the usage. */
export function readOptions(args: readonly string[]): Options {
  const options: Options = {
    benches: [],
    json: false,
    rows: [100_000, 1_000_000],
    runs: 3,
    profile: true,
    busy: false,
    quick: false,
  };
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (isBench(word)) options.benches.push(word);
    else if (word === "--json") options.json = true;
    else if (word === "--busy") options.busy = true;
    else if (word === "--no-profile") options.profile = false;
    else if (word === "--quick") Object.assign(options, { rows: [100_000], runs: 1, quick: true });
    else if (word === "--rows") options.rows = (rest.shift() ?? "").split(",").map(positive);
    else if (word === "--runs") options.runs = positive(rest.shift() ?? "");
    else throw new Error(`${word} is not understood: ${USAGE}`);
  }
  if (options.benches.length === 0) options.benches = [...BENCHES];
  return options;
}

function isBench(word: string): word is Bench {
  return (BENCHES as readonly string[]).includes(word);
}

function positive(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Error(`${text || "nothing"} is no number above 0: ${USAGE}`);
}
