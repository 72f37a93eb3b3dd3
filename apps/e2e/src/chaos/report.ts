import type { Verdict } from "./checker/check";
import { FAULT_KINDS, type History } from "./history";

/** Violations that the table tells; the JSON document has all. */
const SHOWN = 20;

/** What a run was and what it showed, as one document. */
export function documentOf(history: History, verdict: Verdict, exit: number) {
  const { setup, timings, operations, erps } = history;
  const outcomes = { ok: 0, failed: 0, unknown: 0 };
  for (const { outcome } of operations) outcomes[outcome]++;
  return {
    seed: setup.seed,
    minutes: setup.minutes,
    mutant: setup.mutant ?? null,
    verdict: exit === 0 ? "clean" : exit === 1 ? "violated" : "invalid",
    operations: outcomes,
    writes: Object.fromEntries(
      erps.map(({ integration, journal }) => [integration, journal.filter(({ by }) => by === "platform").length]),
    ),
    floor: setup.limits.applied,
    quietMs: timings.quietAt === null ? null : timings.quietAt - timings.healedAt,
    quietLimitMs: setup.limits.quietMs,
    openLetters: history.api.deadLetters.length,
    faults: verdict.faults,
    tooSeldom: verdict.tooSeldom,
    violations: verdict.violations,
    again: `npm run chaos -- --minutes ${setup.minutes} --seed ${setup.seed}${setup.mutant === undefined ? "" : ` --mutant ${setup.mutant}`}`,
  };
}

export type ReportDocument = ReturnType<typeof documentOf>;

/** The same for people. */
export function tableOf(document: ReportDocument): string {
  const { operations, faults, tooSeldom, violations } = document;
  const rows: [string, string][] = FAULT_KINDS.filter((kind) => faults[kind] !== undefined).map((kind) => {
    const least = tooSeldom.find((one) => one.kind === kind)?.least;
    return [kind, `${faults[kind]}${least === undefined ? "" : ` (at least ${least})`}`];
  });
  for (const { kind, least } of tooSeldom) if (faults[kind] === undefined) rows.push([kind, `0 (at least ${least})`]);
  const written = Object.entries(document.writes).map(([name, count]) => `${name} ${count}`);
  const lines = [
    "",
    "faults observed",
    ...rows.map(([kind, count]) => `  ${kind.padEnd(32)} ${count}`),
    "",
    `operations of writers   ok ${operations.ok}, failed ${operations.failed}, unknown ${operations.unknown}`,
    `writes into ERPs        ${written.join(", ")} (floor ${document.floor})`,
    `quiet after             ${document.quietMs === null ? `never (${document.quietLimitMs} ms)` : `${document.quietMs} ms`}`,
    `open letters            ${document.openLetters}`,
    `violations              ${violations.length}`,
    ...violations.slice(0, SHOWN).map(({ law, what, evidence }) => `  ${law}: ${what}\n    ${excerpt(evidence)}`),
    ...(violations.length > SHOWN ? [`  … and ${violations.length - SHOWN} more (--json)`] : []),
    "",
    `${document.verdict}; the same again: ${document.again}`,
  ];
  return lines.join("\n");
}

function excerpt(evidence: unknown): string {
  const text = JSON.stringify(evidence);
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
