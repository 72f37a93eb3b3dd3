import fc from "fast-check";
import { versionOf } from "./preconditions";
import { pageOf, pageStart } from "./paging";

describe("If-Match", () => {
  it("reads the ETags that we write", () => {
    fc.assert(fc.property(fc.nat(), (version) => expect(versionOf(`"${version}"`)).toBe(version)));
    expect(versionOf('W/"3"')).toBe(3);
    expect(versionOf("*")).toBeUndefined();
    expect(versionOf(undefined)).toBeUndefined();
  });

  it.each(["7", '"a"', '"1","2"', "", '"-1"'])("refuses %s", (header) => {
    expect(() => versionOf(header)).toThrow("If-Match");
  });
});

describe("paging", () => {
  it("visits every row once, whatever the page's size", () => {
    const ids = fc.uniqueArray(fc.uuid(), { maxLength: 40 });
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 10 }), (all, limit) => {
        const sorted = [...all].sort();
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const start = pageStart({ limit, ...(cursor === undefined ? {} : { cursor }) });
          const rows = sorted.filter((id) => id > start.after).slice(0, limit + 1);
          const page = pageOf(
            rows.map((id) => ({ id })),
            start,
          );
          seen.push(...page.items.map(({ id }) => id));
          cursor = page.next ?? undefined;
        } while (cursor !== undefined);
        expect(seen).toEqual(sorted);
      }),
    );
  });
});
