import { setTimeout as sleep } from "node:timers/promises";
import type { FaultProxy } from "@dovetail/testing";
import type { ChaosSql } from "../erps/sql";
import { LEASE_MS, type Member } from "../platform";
import type { Random } from "../random";
import type { World } from "../world";
import type { Strike, Struck } from "./hand";

const COMMIT_WAIT_MS = 5_000;

/** Connections between processes and servers break, fall silent, or lose the one answer that matters. */
export function lineStrikes(random: Random): Strike[] {
  const line = (world: World) => {
    const member = random.pick(world.platform.members);
    const bus = random.chance(0.4);
    return { proxy: bus ? member.toNats : member.toPostgres, target: `${member.process.name} ${bus ? "nats" : "pg"}` };
  };
  return [
    { kind: "cut-connection", weight: 2, run: (world) => cut(line(world), random.between(0, 2_000)) },
    { kind: "half-open-connection", weight: 2, run: (world) => halfOpen(line(world), random.between(1_000, 5_000)) },
    {
      kind: "slow-line",
      weight: 1,
      run: (world) => slow(random.pick(world.platform.engines), random, random.chance(0.3)),
    },
    { kind: "page-behind-lease", weight: 1, run: (world) => holdPage(random.pick(world.platform.engines)) },
    { kind: "lost-commit-answer", weight: 2, run: (world) => loseErpCommit(random.pick([world.sql.k, world.sql.n])) },
    { kind: "cut-connection", weight: 1, run: (world) => cut(erpLine(world, random), random.between(0, 1_500)) },
    {
      kind: "half-open-connection",
      weight: 1,
      run: (world) => halfOpen(erpLine(world, random), random.between(500, 4_000)),
    },
    { kind: "page-behind-lease", weight: 1, run: (world) => holdPage(random.pick(world.platform.engines)) },
    { kind: "lost-commit-answer", weight: 2, run: (world) => loseCommit(random.pick(world.platform.engines)) },
  ];
}

function erpLine(world: World, random: Random): Hit {
  const erp = random.pick([world.sql.k, world.sql.n]);
  return { proxy: erp.line, target: erp.integration };
}

/** The ERP has committed, and the platform waits for an answer that does not come. */
async function loseErpCommit(erp: ChaosSql): Promise<Struck> {
  return { ...(await erp.loseCommit(COMMIT_WAIT_MS)), target: erp.integration };
}

interface Hit {
  proxy: FaultProxy;
  target: string;
}

async function cut({ proxy, target }: Hit, ms: number): Promise<Struck> {
  const before = proxy.connections;
  proxy.cut();
  await sleep(ms);
  proxy.pass();
  const observed = await came(() => proxy.connections > before);
  return { observed, target };
}

/** Nothing comes through, and nobody is told; afterwards the connections that lost bytes are broken. */
async function halfOpen({ proxy, target }: Hit, ms: number): Promise<Struck> {
  const swallowed = proxy.swallowed;
  proxy.halfOpen();
  await sleep(ms);
  const observed = proxy.swallowed > swallowed;
  proxy.pass();
  return { observed, target };
}

/**
 * Every piece between an engine and the database comes late: by a little for some time; or what is on its way at one moment
 * comes when the engine's leases are long gone.
 */
async function slow({ process, toPostgres }: Member, random: Random, beyondLease: boolean): Promise<Struck> {
  const { toClient } = toPostgres.bytes;
  toPostgres.delay(beyondLease ? LEASE_MS + random.between(1_000, 3_000) : random.between(50, 400));
  await sleep(beyondLease ? random.between(300, 1_000) : random.between(1_000, 4_000));
  toPostgres.delay(0);
  if (beyondLease) await sleep(LEASE_MS + 3_000);
  return { observed: toPostgres.bytes.toClient > toClient, target: process.name };
}

/** A page with documents is on its way to the database while its sender stands still, until the lease is long gone. */
async function holdPage({ process, toPostgres }: Member): Promise<Struck> {
  const ms = 2 * LEASE_MS;
  const came = toPostgres.holdOne(/apply_page[^]*"supplierNumber":"S-[123]"/, ms).then(() => true);
  const observed = await Promise.race([came, sleep(LEASE_MS).then(() => false)]);
  if (observed) await process.pause(ms + 1_000);
  else toPostgres.forget();
  return { observed, target: process.name };
}

async function loseCommit({ process, toPostgres }: Member): Promise<Struck> {
  const lost = toPostgres.loseAnswerTo(/commit\0/i);
  const answer = await Promise.race([lost, sleep(COMMIT_WAIT_MS).then(() => undefined)]);
  if (!answer) toPostgres.forget();
  // PostgreSQL says COMMIT when it has committed, ROLLBACK when it has not.
  const observed = answer?.toString("latin1").includes("COMMIT") ?? false;
  return { observed, target: process.name };
}

async function came(happened: () => boolean): Promise<boolean> {
  for (let n = 0; n < 50 && !happened(); n++) await sleep(100);
  return happened();
}
