import { ProblemError } from "@dovetail/contracts";
import fc from "fast-check";
import { placeAfter, readCursor, writeCursor } from "./feed-cursor";

const places = fc.record({
  epoch: fc.integer({ min: 0, max: 999_999_999 }),
  position: fc.integer({ min: 0, max: 999_999_999_999_999 }),
  ordinal: fc.integer({ min: 0, max: 999_999_999 }),
});

describe("cursors of the change feed", () => {
  it("come back as they were written", () => {
    fc.assert(fc.property(places, (place) => expect(readCursor(writeCursor(place))).toEqual(place)));
  });

  it("refuse every other text with ERP008", () => {
    const read = (text: string) => {
      try {
        return readCursor(text);
      } catch (error) {
        return error;
      }
    };
    fc.assert(
      fc.property(fc.string(), (text) => {
        const found = read(text);
        if (found instanceof ProblemError) expect(found.code).toBe("ERP008");
        else expect(Object.keys(found as object)).toEqual(["epoch", "position", "ordinal"]);
      }),
    );
  });

  it("stand behind the event that they follow", () => {
    expect(placeAfter({ position: 4, ordinal: 7 }, 2)).toEqual({ epoch: 2, position: 4, ordinal: 8 });
  });
});
