/** One measured ratio, as `--json` prints it. `ratio` = product ÷ limit, both the medians of alternating runs. */
export interface BenchLine {
  bench: string;
  n: number;
  product: number;
  limit: number;
  ratio: number;
  unit: string;
  better: "higher" | "lower";
  runs: number;
  must: number;
  goal: number;
}

export type Target = Pick<BenchLine, "unit" | "better" | "must" | "goal">;

/** What has to be reached, and what is aimed at. */
export const TARGETS = {
  "sync.first": { unit: "rows/s", better: "higher", must: 0.4, goal: 0.7 },
  "sync.unchanged": { unit: "rows/s", better: "higher", must: 0.5, goal: 0.85 },
  "sync.changed": { unit: "rows/s", better: "higher", must: 0.45, goal: 0.75 },
  // These three are absolute or a comparison with itself: the limit of the first two is one unit.
  "sync.rss": { unit: "MB", better: "lower", must: 300, goal: 256 },
  "sync.wal": { unit: "MB per 100,000 unchanged rows", better: "lower", must: 1, goal: 1 },
  "sync.rss.growth": { unit: "MB", better: "lower", must: 1.3, goal: 1.3 },
  "writer.copy": { unit: "rows/s", better: "higher", must: 0.7, goal: 0.9 },
  "api.read": { unit: "requests/s", better: "higher", must: 0.5, goal: 0.65 },
  "api.hop": { unit: "requests/s", better: "higher", must: 0.25, goal: 0.33 },
  "push.rate": { unit: "pushes/s", better: "higher", must: 0.5, goal: 0.7 },
  "push.calls": { unit: "ERP calls per changed record", better: "lower", must: 1.1, goal: 1.02 },
  "drain.time": { unit: "s", better: "lower", must: 1.25, goal: 1.05 },
  // Absolute too, in seconds: from the change on one side to the other.
  "status.p99": { unit: "s", better: "lower", must: 2, goal: 1 },
  "status.watch": { unit: "s", better: "lower", must: 120, goal: 75 },
  "scale.2": { unit: "pushes/s", better: "higher", must: 1.3, goal: 1.7 },
} as const satisfies Record<string, Target>;

export type BenchName = keyof typeof TARGETS;

/** The line of a bench whose product and limit were measured so many times each. */
export function benchLine(
  bench: BenchName,
  n: number,
  product: readonly number[],
  limit: readonly number[],
): BenchLine {
  const [p, l] = [median(product), median(limit)];
  const { unit, better, must, goal } = TARGETS[bench];
  const ratio = Number((p / l).toPrecision(3));
  return { bench, n, product: rounded(p), limit: rounded(l), ratio, unit, better, runs: product.length, must, goal };
}

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

/** Whether the line reaches a bound. */
export function reaches({ ratio, better }: BenchLine, bound: number): boolean {
  return better === "higher" ? ratio >= bound : ratio <= bound;
}

/** The line as a person reads it. */
export function shown(line: BenchLine): string {
  const verdict = reaches(line, line.goal) ? "goal" : reaches(line, line.must) ? "must" : "MISSED";
  const sign = line.better === "higher" ? "≥" : "≤";
  return [
    line.bench.padEnd(16),
    String(line.n).padStart(9),
    `${line.product} ÷ ${line.limit} ${line.unit}`.padEnd(38),
    `= ${line.ratio}`.padEnd(9),
    `(must ${sign} ${line.must}, goal ${sign} ${line.goal}; ${line.runs} runs): ${verdict}`,
  ].join(" ");
}

function rounded(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
