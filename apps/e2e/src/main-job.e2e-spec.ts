import type { Job } from "@dovetail/contracts";
import { startSimulator, type Running as RunningSimulator } from "@dovetail/erp-simulator";
import { TenantWorld } from "./tenant-world";
import { World } from "./world";

let world: World;
let erp: RunningSimulator;
let acme: TenantWorld;

beforeAll(async () => {
  [world, erp] = await Promise.all([World.open(), startSimulator({ version: 14, seed: 3 })]);
  acme = await world.tenant("acme");
}, 60_000);
afterAll(async () => {
  await erp?.stop();
  await world?.close();
});

it("runs", async () => {
  const made = await acme.connectOdoo("odoo-main", erp);
  console.log(JSON.stringify(made, null, 1));
  console.log(JSON.stringify(await acme.api.send("POST", "/erp/integrations/odoo-main/test"), null, 1));
  const jobs = await acme.execute("odoo-main");
  const ended: Job[] = [];
  for (const { id } of jobs) ended.push(await acme.ended(id));
  for (const j of ended) console.log(JSON.stringify(j));
  console.log(JSON.stringify(await acme.api.send("GET", "/erp/dead-letters"), null, 1).slice(0, 3000));
}, 90_000);
