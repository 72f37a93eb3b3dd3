import fc from "fast-check";
import { childSpan, currentTrace, formatTraceparent, newTrace, parseTraceparent, withTrace } from "./trace";

const hex = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(..."0123456789abcdef"), { minLength: length, maxLength: length })
    .map((digits) => digits.join(""))
    .filter((text) => !/^0+$/.test(text));

describe("trace context", () => {
  it("reads what it writes", () => {
    fc.assert(
      fc.property(hex(32), hex(16), fc.boolean(), (traceId, spanId, sampled) => {
        const trace = { traceId, spanId, sampled };
        expect(parseTraceparent(formatTraceparent(trace))).toEqual(trace);
      }),
    );
  });

  it.each([
    undefined,
    "",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
    "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
    "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
    "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
  ])("begins anew for %s", (header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });

  it("takes a later version with more parts", () => {
    const trace = parseTraceparent("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more");
    expect(trace).toMatchObject({ spanId: "00f067aa0ba902b7", sampled: true });
  });

  it("belongs to the work that runs, through promises, and ends with it", async () => {
    const outer = newTrace();
    await withTrace(outer, async () => {
      await Promise.resolve();
      expect(currentTrace()).toBe(outer);
      const child = childSpan();
      expect(child).toMatchObject({ traceId: outer.traceId, parentSpanId: outer.spanId });
      expect(child.spanId).not.toBe(outer.spanId);
      withTrace(child, () => expect(currentTrace()).toBe(child));
      expect(currentTrace()).toBe(outer);
    });
    expect(currentTrace()).toBeUndefined();
    expect(childSpan().parentSpanId).toBeUndefined();
  });
});
