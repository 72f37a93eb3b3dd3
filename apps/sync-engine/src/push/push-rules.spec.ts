import { newLink, type RecordRow } from "../records/record";
import type { PushRow } from "./push";
import { statusesBefore } from "./push";
import { afterCompare, afterFailure, inquiry, mayStillSend, type Abilities, type PushState } from "./push-rules";

const can: Abilities = { class: "L", settleMs: 10_000, operations: ["create", "update"], pulls: true, looksUp: true };

function state(part: Partial<PushRow>): PushState {
  const doc = { partNumber: "P", description: "new" };
  const push = {
    ...{
      id: "1",
      integration: 1,
      entity: 8,
      key: "P",
      version: 1,
      reference: "R",
      attempts: 1,
      category: null,
      handle: null,
    },
    ...{ operation: "create", status: "unknown", fields: ["description"], sent: { description: "old" }, looked_up: 0 },
    ...{ adapter: "A", mapping: 1, sent_ms: 60_000, since_ms: 0, ...part },
  } as PushRow;
  const record = { key: "P", version: 2, hash: "h", doc, deleted: false } as unknown as RecordRow;
  return { push, record, link: { ...newLink(true), external_id: "7" } };
}

describe("a request whose outcome is not known", () => {
  it("SYN-8: is asked about when it has settled since the doubt, whoever wakes its link before", () => {
    // the worker before was held up: its request may have left long after the mark
    expect(inquiry(state({ since_ms: 1_000 }), can, "A")).toEqual({ do: "wait", ms: 9_000 });
    expect(inquiry(state({ since_ms: 10_000 }), can, "A")).toEqual({ do: "ask", by: { reference: "R" } });
  });

  it("SYN-8: is looked up a second time only after a while, whoever wakes its link before", () => {
    const once = { looked_up: 1 };
    expect(inquiry(state({ ...once, since_ms: 1_000 }), can, "A")).toEqual({ do: "wait", ms: 4_000 });
    expect(inquiry(state({ ...once, since_ms: 5_000 }), can, "A")).toMatchObject({ do: "ask" });
  });

  it("SYN-8: an update that the ERP keeps otherwise is no accepted difference of what was edited since", () => {
    const update = state({ operation: "update" });
    expect(afterCompare(update, { description: "OLD" })).toMatchObject({ doc: { description: "old" }, current: false });
    expect(afterCompare(update, { description: "old" })).toMatchObject({ doc: { description: "old" }, current: true });
  });

  it("SYN-13: does not leave when the time of its claim is over", () => {
    expect([mayStillSend(30_000, 29_999), mayStillSend(30_000, 30_000)]).toEqual([true, false]);
  });
});

it("SYN-8: a push that has ended stays ended", () => {
  for (const to of ["pending", "parked", "sent", "accepted", "unknown", "rejected"] as const)
    for (const ended of ["confirmed", "superseded", "discarded"] as const)
      expect([to, statusesBefore(to).includes(ended)]).toEqual([to, false]);
});

it("ERR-1: what failed without an effect is called as often as its category allows, then listed", () => {
  const failed = (attempts: number, category: "TRANSIENT" | "RATE_LIMIT" | "VALIDATION" | "CONFLICT") =>
    afterFailure({ ...state({}).push, attempts }, "update", { sent: "no", category }).do;
  expect([failed(3, "TRANSIENT"), failed(4, "TRANSIENT")]).toEqual(["again", "reject"]);
  expect([failed(8, "RATE_LIMIT"), failed(9, "RATE_LIMIT")]).toEqual(["again", "reject"]);
  expect(failed(0, "VALIDATION")).toBe("reject");
  expect(afterFailure({ ...state({}).push, attempts: 0 }, "update", { sent: "no", category: "CONFLICT" })).toEqual({
    do: "again",
    attempts: 1,
    reread: true,
  });
});
