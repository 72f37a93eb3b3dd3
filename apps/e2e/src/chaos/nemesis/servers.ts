import { setTimeout as sleep } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { eventually } from "@dovetail/testing";
import type { Random } from "../random";
import type { World } from "../world";
import type { Strike, Struck } from "./hand";

/** The database and the bus go away and come back, the bus also without what it held. */
export function serverStrikes(random: Random): Strike[] {
  return [
    { kind: "postgres-restart", weight: 2, run: restartPostgres },
    { kind: "nats-stop", weight: 1, run: (world) => stopNats(world, random.between(500, 4_000)) },
    { kind: "nats-wipe", weight: 1, run: wipeNats },
    { kind: "wipe-with-unread-events", weight: 2, run: wipeUnread },
  ];
}

async function restartPostgres({ servers, platform }: World): Promise<Struck> {
  await servers.crashPostgres();
  const observed = await served(platform);
  return { observed, target: "postgres" };
}

async function stopNats({ servers, platform }: World, ms: number): Promise<Struck> {
  await servers.stopNats();
  await sleep(ms);
  await servers.startNats();
  return { observed: await served(platform), target: "nats" };
}

async function wipeNats({ servers, platform }: World): Promise<Struck> {
  await servers.stopNats();
  servers.wipeNats();
  await servers.startNats();
  return { observed: await served(platform), target: "nats" };
}

/** The engines do not hear while notices come in; then all that the broker holds for them is lost. */
async function wipeUnread(world: World): Promise<Struck[]> {
  const { servers, platform } = world;
  for (const { toNats } of platform.engines) toNats.cut();
  let unread = 0;
  try {
    for (let n = 0; n < 3; n++) await world.notices.post().catch(() => undefined);
    unread = await eventually(async () => (await pending(world)) || Promise.reject(new Error("nothing is unread")), {
      timeoutMs: 4_000,
    }).catch(() => 0);
    await servers.stopNats();
    servers.wipeNats();
    await servers.startNats();
  } finally {
    for (const { toNats } of platform.engines) toNats.pass();
  }
  await served(platform);
  return [
    { observed: unread > 0, target: `${unread} unread` },
    { kind: "nats-wipe", observed: true, target: "nats" },
  ];
}

/** Messages that a durable consumer has not been given or not acknowledged yet. */
async function pending({ servers }: World): Promise<number> {
  const bus = await connect({ servers: `127.0.0.1:${servers.ports.nats}`, user: "gateway", pass: "gateway" });
  try {
    const manager = await jetstreamManager(bus);
    let count = 0;
    for await (const stream of manager.streams.list())
      for await (const consumer of manager.consumers.list(stream.config.name))
        count += consumer.num_pending + consumer.num_ack_pending;
    return count;
  } finally {
    await bus.close();
  }
}

function served(platform: World["platform"]): Promise<boolean> {
  return platform.serves(40_000).then(
    () => true,
    () => false,
  );
}
