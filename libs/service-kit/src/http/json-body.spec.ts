import fc from "fast-check";
import { parseJsonBody } from "./json-body";

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe("JSON body", () => {
  it("reads whatever JSON.stringify writes, up to the depth that is allowed", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 1, max: 7 }), (value, limit) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('"__proto__"'));
        const body = Buffer.from(text);
        if (depthOf(JSON.parse(text)) > limit) expect(() => parseJsonBody(body, limit)).toThrow(/nested more/);
        else expect(parseJsonBody(body, limit)).toEqual(JSON.parse(text));
      }),
      { numRuns: 300 },
    );
  });

  it("takes a prototype's name as a value, not as a member", () => {
    expect(parseJsonBody(Buffer.from('{"a":"__proto__"}'))).toEqual({ a: "__proto__" });
    expect(() => parseJsonBody(Buffer.from('[{"__proto__":1}]'))).toThrow(/__proto__/);
  });

  it("ends on a text that never closes", () => {
    expect(() => parseJsonBody(Buffer.from('{"a\\"[[[['))).toThrow(/not valid JSON/);
  });
});
