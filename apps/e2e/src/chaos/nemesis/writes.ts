import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../random";
import type { World } from "../world";
import type { Strike, Struck } from "./hand";

/** What people and modules do at the wrong moment, twice, or in another order. */
export function writeStrikes(random: Random): Strike[] {
  return [
    { kind: "a-b-a", weight: 2, run: (world) => thereAndBack(world, random) },
    { kind: "create-on-both-sides", weight: 2, run: (world) => onBothSides(world, random) },
    { kind: "late-commit", weight: 2, run: (world) => lateCommit(world, random.between(1_000, 3_500)) },
    { kind: "duplicate-request", weight: 1, run: (world) => requestTwice(world, random) },
    { kind: "delayed-request", weight: 1, run: (world) => requestAgain(world, random) },
    { kind: "duplicate-notice", weight: 1, run: (world) => world.notices.duplicate() },
    { kind: "delayed-notice", weight: 1, run: (world) => world.notices.delayed(random.between(1_000, 4_000)) },
    { kind: "reordered-notice", weight: 1, run: (world) => world.notices.reordered() },
  ];
}

async function thereAndBack({ mes }: World, random: Random): Promise<Struck> {
  const done = await random.pick([mes.http, mes.bus]).thereAndBack();
  if (!done) return { observed: false };
  const { intent, observed } = done;
  return { observed, entity: intent.entity, key: intent.key };
}

async function onBothSides(world: World, random: Random): Promise<Struck> {
  const key = `S-both-${random.between(1, 1_000_000)}`;
  const [person] = world.people;
  if (!person) return { observed: false };
  const gap = random.pick([0, 0, 100, 400, 1_200]);
  const late = random.chance(0.5);
  const ours = sleep(late ? gap : 0).then(() => world.mes.http.createSupplier(key));
  const theirs = sleep(late ? 0 : gap).then(() => person.createSupplier(key));
  const both = await Promise.all([ours, theirs]);
  return { observed: both.every(({ outcome }) => outcome === "ok"), entity: "Supplier", key };
}

/** Seen when the ERP was read between the row's stamp and its commit. */
async function lateCommit(world: World, ms: number): Promise<Struck> {
  const [person] = world.people;
  if (!person) return { observed: false };
  const from = Date.now();
  const { key, outcome } = await person.createLate(ms);
  const read = world.odoo.lastRead("res.partner");
  return { observed: outcome === "ok" && read > from + 200, entity: "Supplier", key };
}

async function requestTwice({ mes }: World, random: Random): Promise<Struck> {
  const channel = random.pick([mes.httpChannel, mes.busChannel]);
  return within((done) => (channel.faults.duplicate = (observed) => done({ observed })));
}

async function requestAgain({ mes }: World, random: Random): Promise<Struck> {
  const channel = random.pick([mes.httpChannel, mes.busChannel]);
  const afterMs = random.between(1_000, 4_000);
  return within((done) => (channel.faults.again = { afterMs, done: (observed) => done({ observed }) }));
}

function within(start: (done: (struck: Struck) => void) => void): Promise<Struck> {
  return new Promise((resolve) => {
    start(resolve);
    void sleep(20_000).then(() => resolve({ observed: false }));
  });
}
