import { checksOf } from "@dovetail/adapter-conformance";
import { odoo14Harness } from "./odoo14-harness";
import { startOdoo } from "./odoo14";

/** The suite of every adapter on a real Odoo: known only once it runs, so it is one test that lists what failed. */
it("keeps the adapter contract on a real Odoo 14", async () => {
  const { place, stop } = await startOdoo();
  const done: string[] = [];
  const failed: string[] = [];
  const left: string[] = [];
  const times: [number, string][] = [];
  try {
    for (const { rule, subject, skip, run } of checksOf(await odoo14Harness(place))) {
      const name = `${subject}: ${rule}`;
      if (skip !== undefined) left.push(`${name} (${skip})`);
      else {
        const t0 = Date.now();
        await run()
          .then(() => done.push(name))
          .catch((error: unknown) => failed.push(`${name}: ${String(error)}`));
        times.push([Date.now() - t0, name]);
      }
    }
  } finally {
    await stop();
  }
  console.log(`${done.length} rules kept; not tried:\n${[...new Set(left)].join("\n")}`);
  console.log(
    times
      .sort((a, b) => b[0] - a[0])
      .map((x) => x.join(" "))
      .join("\n"),
  );
  expect(failed).toEqual([]);
  expect(done.length).toBeGreaterThan(80);
});
