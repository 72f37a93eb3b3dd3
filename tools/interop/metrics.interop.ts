import { spawnSync } from "node:child_process";
import { startOdoo } from "./odoo";
import { Product } from "./product";
import { script } from "./scripts";

const SERVICES = ["gateway", "integration-config", "sync-engine"];
let product: Product;
let promtool: string;
let stopOdoo: () => Promise<void>;

beforeAll(async () => {
  const { place, stop } = await startOdoo();
  stopOdoo = stop;
  promtool = await script("promtool.sh");
  product = await Product.start();
  const tenant = await product.tenant("metrics");
  await tenant.connectOdoo("odoo", place);
  // Metrics with labels are there only once something has happened.
  const jobs = await tenant.sync("odoo", { entityTypes: ["Supplier"] });
  expect(jobs.map(({ status }) => status)).toEqual(["completed"]);
  expect(jobs[0]?.counts.created).toBeGreaterThan(0);
});
afterAll(async () => {
  await product?.stop();
  await stopOdoo?.();
});

it("every service is there", () => {
  expect(Object.keys(product.services).sort()).toEqual(SERVICES);
});

it.each(SERVICES)("promtool has nothing to say about the metrics of %s", async (service) => {
  const response = await fetch(`${product.services[service]}/metrics`);
  expect(response.status).toBe(200);
  const input = await response.text();
  expect(input).toMatch(/^# TYPE /m);
  const { status, stdout, stderr } = spawnSync(promtool, ["check", "metrics"], { input, encoding: "utf8" });
  expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: "" });
});
