import { setTimeout as sleep } from "node:timers/promises";
import { collect, untilQuiet } from "./collect";
import type { FaultKind, History } from "./history";
import type { Schedule } from "./mutants/mutant";
import { Nemesis } from "./nemesis/nemesis";
import { callStrikes } from "./nemesis/calls";
import { lineStrikes } from "./nemesis/lines";
import { processStrikes } from "./nemesis/processes";
import { serverStrikes } from "./nemesis/servers";
import { writeStrikes } from "./nemesis/writes";
import { PullDriver } from "./pull-driver";
import { World, type WorldOptions } from "./world";

/** What the issue of a run is judged by. */
export interface RunOptions extends WorldOptions {
  minutes: number;
  mutant?: string;
  /** A targeted run: only its faults strike, in its rhythm. */
  schedule?: Schedule;
}

/** Seen at least so often in ten minutes, each. */
const MINIMUM_PER_TEN_MINUTES = 5;
const COUNTED: readonly FaultKind[] = [
  "kill-between-send-and-confirm",
  "effect-after-timeout",
  "pause-longer-than-lease",
  "wipe-with-unread-events",
  "lost-commit-answer",
  "stale-page",
  "late-commit",
  "a-b-a",
  "create-on-both-sides",
];
const QUIET_MS = 120_000;
/** Operations per minute that must have arrived on another side, on the slowest machine. */
const FLOOR_PER_MINUTE = 20;
const WRITE_EVERY_MS = 400;
const PULL_EVERY_MS = 1_500;
const CREATIONS = 0.25;

/** Opens a world, lets the nemesis work on it, heals it, waits until it is quiet and asks what is left. */
export async function runChaos(options: RunOptions): Promise<History> {
  const world = await World.open(options);
  try {
    return await withNemesis(world, options);
  } finally {
    await world.stop();
  }
}

async function withNemesis(world: World, options: RunOptions): Promise<History> {
  const { minutes, seed, mutant, schedule = { strikes: [] }, say } = options;
  const habits = {
    everyMs: schedule.writeEveryMs ?? WRITE_EVERY_MS,
    creations: schedule.creations ?? CREATIONS,
    ...(schedule.hotKeys === undefined ? {} : { hotKeys: schedule.hotKeys }),
    ...(schedule.freshKeys === undefined ? {} : { freshKeys: schedule.freshKeys }),
  };
  const limits = limitsOf(options);
  const driver = new PullDriver(world.tenant, schedule.pulls === "notices");
  const nemesis = new Nemesis(world, limits.faults, say);
  const startedAt = Date.now();
  const writing = new AbortController();
  const striking = new AbortController();
  const writers = [
    ...[world.mes.http, world.mes.bus, ...world.people].map((writer) => writer.run(writing.signal, habits)),
    pulling(world, driver, schedule, writing.signal),
    following(world, writing.signal),
  ];
  const harm = Promise.all(
    handsOf(world, options.schedule).map(({ strikes, random, pauseMs }) =>
      nemesis.hand(strikes, random, pauseMs, striking.signal),
    ),
  );
  say(`everything runs; the nemesis works for ${minutes} min`);
  await sleep(minutes * 60_000);
  striking.abort();
  await harm;
  writing.abort();
  await Promise.all(writers);
  world.platform.heal();
  for (const erp of world.erps) erp.heal();
  await world.platform.serves(60_000);
  const healedAt = Date.now();
  say("healed; waiting until nothing moves");
  const quietAt = await untilQuiet(world, driver, QUIET_MS);
  const api = await collect(world, driver);
  return {
    version: 1,
    setup: { seed, minutes, ...(mutant === undefined ? {} : { mutant }), policies: {}, limits },
    timings: { startedAt, healedAt, quietAt },
    erps: await Promise.all(world.erps.map((erp) => erp.history())),
    operations: world.log.operations,
    faults: nemesis.faults,
    invalid: world.log.invalid,
    api,
    consumer: world.consumer.end(),
  };
}

/** Pulls as often as they come; or none, and a notice for whatever changes in an ERP. */
async function pulling(world: World, driver: PullDriver, { pulls }: Schedule, signal: AbortSignal): Promise<void> {
  if (pulls !== "notices")
    return driver.run(world.erps, { everyMs: PULL_EVERY_MS, mode: pulls ?? "incremental" }, signal);
  await world.notices.follow(signal);
}

/** What can happen at the same time: to processes and servers, to calls, and by writers. */
function handsOf(world: World, schedule: Schedule | undefined) {
  const random = (name: string) => world.random(name);
  const outside = [processStrikes(random("processes")), serverStrikes(random("servers")), lineStrikes(random("lines"))];
  const hands = [
    { strikes: outside.flat(), random: random("hand-1"), pauseMs: 1_200 },
    { strikes: callStrikes(random("calls")), random: random("hand-2"), pauseMs: 600 },
    { strikes: writeStrikes(random("writes")), random: random("hand-3"), pauseMs: 1_000 },
  ];
  if (!schedule) return hands;
  return hands.map(({ strikes, ...hand }) => ({
    ...hand,
    pauseMs: schedule.strikeEveryMs ?? hand.pauseMs,
    strikes: strikes.filter(({ kind }) => schedule.strikes.includes(kind)),
  }));
}

function limitsOf({ minutes, schedule }: RunOptions): History["setup"]["limits"] {
  const least = schedule === undefined ? Math.floor((MINIMUM_PER_TEN_MINUTES * minutes) / 10) : 0;
  return {
    quietMs: QUIET_MS,
    applied: Math.floor(FLOOR_PER_MINUTE * minutes),
    faults: Object.fromEntries(COUNTED.map((kind) => [kind, least])),
  };
}

async function following(world: World, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await world.consumer.catchUp().catch(() => undefined);
    await sleep(2_000, undefined, { signal }).catch(() => undefined);
  }
}
