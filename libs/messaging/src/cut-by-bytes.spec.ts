import * as fc from "fast-check";
import { cutByBytes } from "./cut-by-bytes";

describe("cutByBytes", () => {
  it("gives the longest head that fits, and at least one item", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), fc.integer({ min: 1, max: 200 }), (items, limit) => {
        const { items: kept, cut } = cutByBytes(items, limit);
        expect(kept).toEqual(items.slice(0, kept.length));
        expect(cut).toBe(kept.length < items.length);
        if (items.length > 0) expect(kept.length).toBeGreaterThan(0);
        if (kept.length > 1) expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThanOrEqual(limit);
        const more = items.slice(0, kept.length + 1);
        if (cut) expect(Buffer.byteLength(JSON.stringify(more)) + 1).toBeGreaterThan(limit);
      }),
    );
  });
});
