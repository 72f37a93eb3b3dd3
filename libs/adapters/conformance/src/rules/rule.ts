import type { EntityName } from "@dovetail/domain";
import { AdapterError, type Category, type EntityPort, type Push } from "@dovetail/adapter-sdk";
import type { ConformanceHarness, OpenOptions } from "../harness";

/** A rule that an adapter broke; the message says what was seen. */
export class RuleViolation extends Error {}

/** A rule about the adapter as a whole. `unless` says why it cannot be tried with this harness. */
export interface AdapterRule {
  name: string;
  applies?(harness: ConformanceHarness): boolean;
  unless?(harness: ConformanceHarness): string | undefined;
  check(harness: ConformanceHarness): Promise<void>;
}

/** A rule about one entity. Where it does not apply there is nothing to try and nothing to skip. */
export interface EntityRule {
  name: string;
  applies?(harness: ConformanceHarness, entity: EntityName): boolean;
  unless?(harness: ConformanceHarness, entity: EntityName): string | undefined;
  check(harness: ConformanceHarness, entity: EntityName): Promise<void>;
}

export function must(condition: unknown, message: string): asserts condition {
  if (!condition) throw new RuleViolation(message);
}

/** Opens, runs and closes, whatever happens. */
export async function withSession<T>(
  harness: ConformanceHarness,
  run: (session: unknown) => Promise<T>,
  options?: OpenOptions,
): Promise<T> {
  const opened = await harness.open(options);
  try {
    return await run(opened.session);
  } finally {
    await opened.close();
  }
}

export function portOf(harness: ConformanceHarness, entity: EntityName): EntityPort<unknown> {
  const port = harness.adapter.entities[entity];
  must(port, `the harness seeds ${entity}, which the adapter does not have`);
  return port;
}

export function pushOf(harness: ConformanceHarness, entity: EntityName): Push<unknown> {
  const { push } = portOf(harness, entity);
  must(push, `${entity} has no push`);
  return push;
}

/** Long enough for a real ERP on a busy machine. */
const PATIENCE_MS = 10_000;

/** The AdapterError that `call` must reject with. A call that neither ends nor fails is a violation too. */
export async function failureOf(call: Promise<unknown>, what: string, patienceMs = PATIENCE_MS): Promise<AdapterError> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => (timer = setTimeout(() => resolve("late"), patienceMs)));
  try {
    const outcome = await Promise.race([call.then(() => "done" as const), late]);
    throw new RuleViolation(
      outcome === "late" ? `${what}: nothing happened for ${patienceMs} ms` : `${what}: no error was thrown`,
    );
  } catch (error) {
    if (error instanceof RuleViolation) throw error;
    must(error instanceof AdapterError, `${what}: threw ${String(error)} instead of an AdapterError`);
    return error;
  } finally {
    clearTimeout(timer);
  }
}

export function mustBe(error: AdapterError, category: Category, what: string): void {
  must(error.category === category, `${what}: category ${error.category} instead of ${category} (${error.message})`);
}

export function wait(harness: ConformanceHarness, ms: number): Promise<void> {
  return harness.wait ? harness.wait(ms) : new Promise((resolve) => setTimeout(resolve, ms));
}

export function without(whole: readonly string[], seen: ReadonlySet<string>): string[] {
  return whole.filter((id) => !seen.has(id));
}
