import { newLink, type RecordRow } from "../records/record";
import { deletionLimit, linkShown, mergeBase, mergeRead, refusal, type ShownRow } from "./read-rules";

const row: ShownRow = {
  entity: "Part",
  key: "P",
  externalId: "7",
  erpVersion: "1",
  record: { partNumber: "P", description: "one" },
  mapping: 1,
  io: 5,
};

describe("a row that was read", () => {
  it("SYN-9: before a push took effect, or while it is under way, waits to be read again", () => {
    const link = { ...newLink(true), external_id: "7" };
    expect(refusal({ ...link, push_io: 6 }, row, "P", undefined)).toMatchObject({ reason: "IN_FLIGHT" });
    expect(refusal({ ...link, push_open: true }, row, "P", undefined)).toMatchObject({ reason: "IN_FLIGHT" });
    expect(refusal({ ...link, push_io: 5 }, row, "P", undefined)).toBeUndefined();
  });

  it("SYN-8: while its document is being made waits, unless a person has the create in hand", () => {
    expect(refusal(undefined, row, undefined, { listed: false, sent: null })).toMatchObject({ reason: "IN_FLIGHT" });
    expect(refusal(undefined, row, undefined, { listed: true, sent: null })).toBeUndefined();
  });

  it("SYN-10: of a create in a person's hand keeps what was edited since it was sent", () => {
    const base = mergeBase(newLink(true), { listed: true, sent: row.record });
    const doc = { partNumber: "P", description: "two" };
    const record = { key: "P", version: 2, hash: "h", doc, deleted: false } as unknown as RecordRow;
    expect(mergeRead(row, base, record, { "*": "erp" })).toMatchObject({ do: "store", differs: true });
    const alien = mergeRead(row, newLink(true), record, { "*": "erp" });
    expect(alien.do === "store" && JSON.parse(alien.next?.doc ?? "{}")).toMatchObject({ description: "one" });
  });

  it("SYN-3: late does not follow one that was read after it", () => {
    const shown = linkShown(newLink(true), row);
    expect(shown.push_io).toBe(5);
    expect(refusal(shown, { ...row, io: 4 }, "P", undefined)).toMatchObject({ reason: "IN_FLIGHT" });
  });

  it("under another key, or with a key that is taken, is for a person", () => {
    const link = { ...newLink(true), external_id: "8" };
    expect(refusal(link, row, undefined, undefined)).toMatchObject({ reason: "DUPLICATE_KEY" });
    expect(refusal(undefined, row, "Q", undefined)).toMatchObject({ reason: "KEY_CHANGED" });
  });
});

it("SYN-7: a tenth of the rows may be deleted within a day, at least 5 and at most 1,000", () => {
  expect([10, 50, 60, 5_000, 10_000, 1_000_000].map(deletionLimit)).toEqual([5, 5, 6, 500, 1_000, 1_000]);
});
