import fc from "fast-check";
import type { Json } from "@dovetail/domain";
import { LineText } from "./line-text";

const value: fc.Arbitrary<Json> = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "Ä", "漢", "\n", "\u001f", "\u0000", "{", '"', "\t"), maxLength: 4 }),
  fc.constant(null),
  fc.constant("7.5000"),
  fc.integer(),
  fc.constant<Json>({ nested: ["x"] }),
);

it("gives back every line, whatever stands in it and beside it", () => {
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.constantFrom("id", "line", "text"), value, { noNullPrototype: true }), {
        minLength: 1,
      }),
      (lines) => {
        const texts = new LineText();
        const written = lines.map((line, n) => texts.write(n % 2, line));
        const whole = Buffer.from(written.map((text) => `..${text}\n`).join(""));
        let at = 0;
        for (const [n, text] of written.entries()) {
          expect(text).not.toContain("\n");
          const end = at + 2 + Buffer.byteLength(text);
          expect(texts.read(n % 2, whole, at + 2, end)).toEqual(lines[n]);
          at = end + 1;
        }
      },
    ),
    { numRuns: 500 },
  );
});

it("writes lines of one kind without the names of their columns", () => {
  const texts = new LineText();
  expect(texts.write(0, { id: "1", text: null })).toBe("\u001f1\u001f\u0000");
  expect(texts.write(0, { id: "1", text: "", more: "x" })).toMatch(/^\{/);
});
