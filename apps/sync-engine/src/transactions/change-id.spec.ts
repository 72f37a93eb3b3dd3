import fc from "fast-check";
import { changeId, parseChangeId } from "./change-id";

const pages = fc.bigInt({ min: 0n, max: 2n ** 60n - 1n }).map(String);
const ordinals = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe("change ids", () => {
  it("are UUIDs of version 8 from which page and ordinal come back", () => {
    fc.assert(
      fc.property(pages, ordinals, (page, n) => {
        const id = changeId(page, n);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(parseChangeId(id)).toEqual({ page, n });
      }),
    );
  });

  it("differ where page or ordinal differ", () => {
    fc.assert(
      fc.property(pages, ordinals, pages, ordinals, (p, n, q, m) => {
        fc.pre(p !== q || n !== m);
        expect(changeId(p, n)).not.toBe(changeId(q, m));
      }),
    );
  });

  it.each([
    "",
    "nonsense",
    "ffffffff-ffff-8fff-8000-ffffffffffff",
    "0198f3a0-0000-7000-8000-00000000000a",
    "9f0b1c1e-3b8e-4f0a-9c1d-2e3f4a5b6c7d",
  ])("are not '%s'", (text) => expect(parseChangeId(text)).toBeUndefined());
});
