import { checksOf } from "./conformance";
import type { ConformanceHarness } from "./harness";

/**
 * Declares the suite that every adapter runs (jest). Rules that the harness cannot try are declared as skipped with
 * the reason in their name.
 */
export function describeAdapterConformance(harness: ConformanceHarness, timeoutMs = 60_000): void {
  describe(`${harness.adapter.system} keeps the adapter contract`, () => {
    beforeAll(() => harness.start?.(), timeoutMs);
    afterAll(() => harness.stop?.(), timeoutMs);
    for (const { rule, subject, skip, run } of checksOf(harness)) {
      if (skip === undefined) it(`${subject}: ${rule}`, run, timeoutMs);
      else it.skip(`${subject}: ${rule} (not tried: ${skip})`, run);
    }
  });
}
