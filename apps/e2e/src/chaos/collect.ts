import { setTimeout as sleep } from "node:timers/promises";
import type { DeadLetter, Job, RecordView, Transaction } from "@dovetail/contracts";
import type { EntityName } from "@dovetail/domain";
import { eventually } from "@dovetail/testing";
import type { ApiAnswers } from "./history";
import type { PullDriver } from "./pull-driver";
import type { World } from "./world";

const ENDED = ["completed", "failed", "cancelled"];
const OPEN = ["pending", "sent", "accepted", "parked", "unknown"];
/** Only a person can go on with these. */
const LEFT_TO_PEOPLE = new Set(["UNKNOWN", "DUPLICATE"]);
const REST_MS = 4_000;

/** Reads the API until nothing moves any more; answers when that began, null when it did not within the limit. */
export async function untilQuiet(world: World, driver: PullDriver, limitMs: number): Promise<number | null> {
  const deadline = Date.now() + limitMs;
  let last = "";
  let since = Date.now();
  while (Date.now() < deadline) {
    const state = await stateOf(world, driver).catch((error: unknown) => `cannot be read: ${String(error)}`);
    if (state !== last || state.startsWith("cannot")) {
      last = state;
      since = Date.now();
    } else if (!state.startsWith("busy") && Date.now() - since >= REST_MS) return since;
    await sleep(500);
  }
  world.options.say(`never quiet: ${last.slice(0, 2_000)}`);
  return null;
}

/** One round of pulls, then everything that would move if something were still to be done. */
async function stateOf(world: World, driver: PullDriver): Promise<string> {
  const { tenant } = world;
  const moved: string[] = [];
  for (const erp of world.erps)
    for (const id of await driver.ask(erp)) {
      const { counts, entityType, status, id: job } = await tenant.ended(id);
      if (counts.created + counts.updated + counts.deleted > 0 || status !== "completed")
        moved.push(`${entityType} ${status} ${job}`);
    }
  const letters = await openLetters(world);
  const left = new Set(letters.filter(({ reason }) => LEFT_TO_PEOPLE.has(reason)).map(({ key }) => key));
  const open: string[] = [];
  let waiting = 0;
  for (const status of OPEN)
    for (const { id, key, attempts, problem } of await tenant.api.all<Transaction>(
      `/erp/transactions?direction=outbound&status=${status}`,
    )) {
      if (!left.has(key)) waiting++;
      open.push(`${id} ${key} ${status} ${attempts} ${problem?.code ?? ""}`);
    }
  const sizes = await Promise.all(world.erps.map(async (erp) => await erp.size()));
  await world.consumer.catchUp();
  const held = world.consumer.got.feed.length;
  const busy = waiting + moved.length > 0 ? "busy " : "";
  return busy + JSON.stringify({ moved, sizes, held, open: open.sort(), letters: letters.map(({ id }) => id).sort() });
}

/** What the public API says when it is quiet, then after everything has been read afresh. */
export async function collect(world: World, driver: PullDriver): Promise<ApiAnswers> {
  const { tenant } = world;
  await eventually(async () => (await world.consumer.catchUp()) === 0, { timeoutMs: 20_000 });
  const [records, deadLetters, transactions] = await Promise.all([
    allRecords(world),
    openLetters(world),
    tenant.api.all<Transaction>("/erp/transactions"),
  ]);
  const jobs = await allJobs(world);
  const rereads: Job[] = [];
  for (const erp of world.erps)
    for (const id of await driver.ask(erp, "full")) rereads.push(await tenant.ended(id, 60_000));
  const afterReread = { records: await allRecords(world), deadLetters: await openLetters(world) };
  return { records, deadLetters, transactions, jobs, rereads, afterReread };
}

function openLetters({ tenant }: World): Promise<DeadLetter[]> {
  return tenant.api.all<DeadLetter>("/erp/dead-letters?status=OPEN");
}

async function allRecords(world: World): Promise<RecordView[]> {
  const lists = await Promise.all(
    entitiesOf(world).map((entity) => world.tenant.api.all<RecordView>(`/erp/records/${entity}`)),
  );
  return lists.flat();
}

function entitiesOf(world: World): EntityName[] {
  return [...new Set(world.erps.flatMap(({ inbound }) => inbound))];
}

async function allJobs({ tenant }: World): Promise<Job[]> {
  return eventually(
    async () => {
      const jobs = await tenant.api.all<Job>("/erp/sync-jobs");
      if (jobs.some(({ status }) => !ENDED.includes(status))) throw new Error("a job has not ended");
      return jobs;
    },
    { timeoutMs: 30_000 },
  ).catch(() => tenant.api.all<Job>("/erp/sync-jobs"));
}
