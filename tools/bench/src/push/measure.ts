import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchLine, median } from "../bench-line";
import type { Options } from "../options";
import { summarise } from "../profile";
import type { Report } from "../report";
import type { Servers } from "../servers";
import { PushWorld, type PushRun, type Setup } from "./world";

/** Milliseconds that a distant ERP takes for one call. */
const DISTANT_MS = 20;
/** The bare client need not send all to show how long a call takes. */
const IDEAL_SHARE = 5;

/** Pushes against a near ERP, and the calls that they cost: what the product itself takes shows. */
export async function measurePush(servers: Servers, options: Options, report: Report): Promise<void> {
  const n = options.quick ? 2_000 : 10_000;
  const product: PushRun[] = [];
  const limit: number[] = [];
  await inWorld(servers, { rows: n, calls: 8, perEngine: 8 }, async (world) => {
    for (let run = 0; run < options.runs; run++) {
      product.push(await world.product(n, 0));
      limit.push((n / (await world.limit(n, 0))) * 1000);
    }
    report.line(benchLine("push.rate", n, product.map(rate), limit));
    report.note(cpuNote(product));
    const calls = product.map(({ seen }) => seen.requests);
    report.line(benchLine("push.calls", n, calls.map(each(n)), product.map(({ seen }) => seen.writes).map(each(n))));
    if (options.profile) await profile(world, n, report);
  });
}

/** A backlog at a distant ERP: the time against the one in which every call slot is in use all the time. */
export async function measureDrain(servers: Servers, options: Options, report: Report): Promise<void> {
  const n = options.quick ? 4_000 : 50_000;
  const product: PushRun[] = [];
  const ideal: number[] = [];
  await inWorld(servers, { rows: n, calls: 16, perEngine: 16 }, async (world) => {
    for (let run = 0; run < options.runs; run++) {
      product.push(await world.product(n, DISTANT_MS));
      ideal.push(((await world.limit(n / IDEAL_SHARE, DISTANT_MS)) * IDEAL_SHARE) / 1000);
    }
  });
  report.line(
    benchLine(
      "drain.time",
      n,
      product.map(({ ms }) => ms / 1000),
      ideal,
    ),
  );
  report.note(cpuNote(product));
}

/** Two sync-engines and one on the same backlog at a distant ERP that takes more calls than one of them has under way. */
export async function measureScale(servers: Servers, options: Options, report: Report): Promise<void> {
  const n = options.quick ? 4_000 : 20_000;
  const [one, two]: [PushRun[], PushRun[]] = [[], []];
  await inWorld(servers, { rows: n, calls: 32, perEngine: 8 }, async (world) => {
    for (let run = 0; run < options.runs; run++) {
      one.push(await world.product(n, DISTANT_MS));
      await world.addEngine();
      two.push(await world.product(n, DISTANT_MS));
      await world.removeEngine();
    }
  });
  report.line(benchLine("scale.2", n, two.map(rate), one.map(rate)));
}

async function inWorld(servers: Servers, setup: Setup, work: (world: PushWorld) => Promise<void>): Promise<void> {
  const world = await PushWorld.start(servers, setup);
  try {
    await work(world);
  } finally {
    await world.stop();
  }
}

async function profile(world: PushWorld, n: number, report: Report): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "dovetail-profile-"));
  try {
    const file = join(dir, "push.cpuprofile");
    const run = await world.engine.process.profiled(file, () => world.product(n, 0));
    report.note(`\nProfile of the sync-engine, ${n} pushes in ${Math.round(run.ms)} ms:`);
    report.note(summarise(file));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function rate({ pushes, ms }: PushRun): number {
  return (pushes / ms) * 1000;
}

const each = (n: number) => (count: number) => count / n;

function cpuNote(runs: readonly PushRun[]): string {
  const [own, database] = [median(runs.map(({ cpu }) => cpu.own)), median(runs.map(({ cpu }) => cpu.database))];
  return `  CPU ms per 1,000 pushes, process + PostgreSQL: ${own.toFixed(0)} + ${database.toFixed(0)}`;
}
