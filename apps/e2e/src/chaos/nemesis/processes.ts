import { eventually } from "@dovetail/testing";
import type { Random } from "../random";
import { LEASE_MS, type Member } from "../platform";
import type { World } from "../world";
import type { Strike, Struck } from "./hand";

const CRASH_POINTS = [
  "page.before-commit",
  "page.after-commit",
  "job.before-end",
  "push.before-send",
  "push.after-send",
  "push.before-settle",
  "write.before-commit",
  "write.after-commit",
];
/** Between the request that leaves for the ERP and what is stored of its outcome. */
const BETWEEN = ["push.after-send", "push.before-settle"];
const AT_POINT_MS = 12_000;

/** Ends of processes: at random, at named points, and pauses. */
export function processStrikes(random: Random): Strike[] {
  return [
    { kind: "kill", weight: 3, run: (world) => kill(random.pick(world.platform.members)) },
    { kind: "kill-between-send-and-confirm", weight: 2, run: (world) => atPoint(world, random, BETWEEN) },
    { kind: "kill-at-point", weight: 3, run: (world) => atPoint(world, random, CRASH_POINTS) },
    { kind: "clock-offset", weight: 1, run: (world) => wrongClock(random.pick(world.platform.members), random) },
    {
      kind: "pause",
      weight: 2,
      run: (world) => pause(random.pick(world.platform.members), random.between(300, 2_500)),
    },
    {
      kind: "pause-longer-than-lease",
      weight: 1,
      run: (world) => pause(random.pick(world.platform.engines), LEASE_MS + random.between(1_500, 4_000)),
    },
  ];
}

async function kill({ process }: Member): Promise<Struck> {
  const before = process.deaths.length;
  process.kill();
  const observed = await eventually(() => process.deaths.length > before, { timeoutMs: 5_000 }).catch(() => false);
  await eventually(() => process.isLive(), { timeoutMs: 30_000 }).catch(() => false);
  return { observed, target: process.name };
}

/** Kills an engine so that its next life ends at a point, and waits for that. */
async function atPoint(world: World, random: Random, points: readonly string[]): Promise<Struck[]> {
  const { process } = random.pick(world.platform.engines);
  const point = random.pick(points);
  const count = random.between(1, 3);
  process.armNext({ CRASH_AT: `${point}:${count}` });
  const from = process.deaths.length;
  process.kill();
  const died = () => process.deaths.slice(from).some((death) => death.point !== undefined && !death.ordered);
  const observed = await eventually(died, { timeoutMs: AT_POINT_MS }).catch(() => false);
  // One that has not come there goes on without the charge in its next life.
  const between = observed && BETWEEN.includes(point);
  if (!observed) process.kill();
  await eventually(() => process.isLive(), { timeoutMs: 30_000 }).catch(() => false);
  const target = `${process.name} ${point}`;
  return [
    { kind: "kill", observed: true, target: process.name },
    { kind: "kill-at-point", observed, target },
    ...(between ? [{ kind: "kill-between-send-and-confirm" as const, observed: true, target }] : []),
  ];
}

/** Its next life has a wall clock that is minutes or hours wrong, either way. */
async function wrongClock({ process }: Member, random: Random): Promise<Struck> {
  const seconds = random.pick([-7_200, -900, -90, 90, 900, 7_200]);
  process.armNext({ CHAOS_CLOCK_OFFSET_MS: String(seconds * 1_000) });
  const before = process.deaths.length;
  process.kill();
  await eventually(() => process.deaths.length > before && process.isLive(), { timeoutMs: 30_000 }).catch(() => false);
  const observed = process.armed["CHAOS_CLOCK_OFFSET_MS"] !== undefined && (await process.isLive());
  return { observed, target: `${process.name} ${seconds} s` };
}

async function pause({ process }: Member, ms: number): Promise<Struck> {
  return { observed: await process.pause(ms), target: process.name };
}
