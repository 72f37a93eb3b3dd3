import type { DeadLetter, Job, RecordView, Transaction } from "@dovetail/contracts";
import { startSimulator, type Running as RunningSimulator } from "@dovetail/erp-simulator";
import type { JsonObject } from "@dovetail/domain";
import { randomUUID } from "node:crypto";
import type { TenantWorld } from "./tenant-world";
import { World } from "./world";

/** Two tenants, one of which has something of everything. */
export interface CrossedTenants {
  world: World;
  erp: RunningSimulator;
  rich: TenantWorld;
  poor: TenantWorld;
  /** What the rich tenant has, by what it is called in paths. */
  objects: Record<string, string>;
  close(): Promise<void>;
}

const INTEGRATION = "odoo-of-rich";

/** Fills every table with rows of the tenant `rich`; `poor` has nothing but its key. */
export async function crossedTenants(): Promise<CrossedTenants> {
  const [world, erp] = await Promise.all([World.open(), startSimulator({ version: 14, seed: 5 })]);
  const rich = await world.tenant("rich");
  const poor = await world.tenant("poor");
  const { id: integrationId } = await rich.connectOdoo(INTEGRATION, erp);
  const notice = await rich.api.change<{ url: string }>("POST", `/erp/integrations/${INTEGRATION}/webhook-secret`);
  const jobs = await rich.sync(INTEGRATION, { entityTypes: ["Supplier", "Part"] });
  await breakMapping(rich);
  await rich.sync(INTEGRATION, { entityTypes: ["Part"], mode: "full" });
  const [supplier] = (await rich.records("Supplier")) as [RecordView];
  await rich.api.send("PATCH", `/erp/records/Supplier/${encodeURIComponent(supplier.key)}`, {
    body: { website: "https://rich.example.com" },
    headers: { "idempotency-key": randomUUID() },
  });
  const push = await rich.settled(supplier.key, "confirmed");
  const [letter] = await rich.api.all<DeadLetter>("/erp/dead-letters");
  const people = await addPeople(world, rich);
  await world.client().send("POST", `${world.gatewayUrl}${new URL(notice.url).pathname}`, { body: { hello: 1 } });
  const objects = {
    ...people,
    ...idsOf({ job: jobs[0], transaction: push, letter }),
    integration: INTEGRATION,
    integrationId: String(integrationId),
    key: supplier.key,
  };
  const close = async (): Promise<void> => {
    await erp.stop();
    await world.close();
  };
  return { world, erp, rich, poor, objects, close };
}

function idsOf(found: { job?: Job; transaction: Transaction; letter?: DeadLetter }): Record<string, string> {
  const { job, transaction, letter } = found;
  if (!job || !letter) throw new Error("the rich tenant lacks a job or a dead letter");
  return { job: job.id, transaction: transaction.id, letter: letter.id };
}

async function breakMapping(rich: TenantWorld): Promise<void> {
  const path = `/erp/integrations/${INTEGRATION}/mappings/Part`;
  const { document } = await rich.api.get<{ document: { mappings: JsonObject[] } }>(path);
  const mappings = document.mappings.map((one) =>
    one["mesField"] === "name" ? { ...one, transformation: "value.x.y" } : one,
  );
  await rich.api.change("PUT", path, { ...document, mappings });
}

async function addPeople(world: World, rich: TenantWorld): Promise<Record<string, string>> {
  const password = "a long password of rich";
  const user = await rich.api.change("POST", "/users", { login: "ada-of-rich", password, role: "erp_viewer" });
  await world.client().change("POST", "/auth/login", { tenant: "rich", login: "ada-of-rich", password });
  const headers = { "idempotency-key": randomUUID() };
  const key = await rich.api.send("POST", "/api-keys", { body: { name: "key-of-rich", role: "erp_viewer" }, headers });
  return { user: String(user["id"]), apiKey: String(key.body["id"]) };
}
