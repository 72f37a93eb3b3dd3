import type { PushRow } from "./push";
import { inquiry, mayStillArrive, type Abilities, type PushState } from "./push-rules";
import type { SentPart } from "./settle-rules";

const SETTLE = 150_000;
const can = (writeClass: Abilities["class"]) =>
  ({ class: writeClass, settleMs: SETTLE, looksUp: true }) as unknown as Abilities;
const push = { operation: "update", status: "unknown", adapter: "A", handle: null, looked_up: 0 } as unknown as PushRow;
const missing: SentPart = { operation: "update", fields: ["phone"], doc: { phone: "1" }, current: false };

describe("SYN-8: an update that was not answered and is not seen there", () => {
  it("has the time of a late effect before anything else is sent: it would overwrite that", () => {
    expect(mayStillArrive(push, missing, can("L"))).toEqual({ lookedUp: 1, ms: SETTLE });
    const state = (since: number): PushState =>
      ({ push: { ...push, looked_up: 1, since_ms: since }, link: { external_id: "7" }, record: {} }) as PushState;
    expect(inquiry(state(60_000), can("L"), "A")).toEqual({ do: "wait", ms: SETTLE - 60_000 });
    expect(inquiry(state(SETTLE), can("L"), "A")).toEqual({ do: "ask", by: { externalId: "7" } });
  });

  it("is sent again after the second look, and at once where a request ends with its connection", () => {
    expect(mayStillArrive({ ...push, looked_up: 1 }, missing, can("L"))).toBeUndefined();
    expect(mayStillArrive(push, missing, can("K"))).toBeUndefined();
  });

  it("seen there it is done at the first look", () => {
    expect(mayStillArrive(push, { ...missing, current: true }, can("L"))).toBeUndefined();
  });
});
