import type { Raw } from "@dovetail/adapter-sdk";
import { ErpClocks } from "./erp-clocks";

const ASKED = Date.parse("2026-11-20T12:00:00Z");
const row = (modifiedAt?: string): Raw => ({ externalId: "1", body: {}, ...(modifiedAt ? { modifiedAt } : {}) });
const timeOf = ([raw]: Raw[]) => raw?.modifiedAt;

describe("the clocks of ERPs", () => {
  it("SYN-10: correct when a row was changed by the ERP's own now at the read", () => {
    const clocks = new ErpClocks();
    const moment = { askedAt: ASKED, serverNow: "2026-11-20T13:30:00Z" };
    expect(timeOf(clocks.inOurTime("one", [row("2026-11-20T13:29:50Z")], moment))).toBe("2026-11-20T11:59:50.000Z");
    // a row that is read singly goes by what the last page said
    expect(timeOf(clocks.inOurTime("one", [row("2026-11-20T13:00:00Z")]))).toBe("2026-11-20T11:30:00.000Z");
    expect(timeOf(clocks.inOurTime("another", [row("2026-11-20T13:00:00Z")]))).toBeUndefined();
  });

  it("are told once by a run that repeats its first moment with every page", () => {
    const clocks = new ErpClocks();
    const serverNow = "2026-11-20T12:00:00Z";
    clocks.inOurTime("one", [], { askedAt: ASKED, serverNow });
    const later = { askedAt: ASKED + 600_000, serverNow };
    expect(timeOf(clocks.inOurTime("one", [row(serverNow)], later))).toBe("2026-11-20T12:00:00.000Z");
  });

  it("leave no time where the ERP does not tell its own, or none can be read", () => {
    const clocks = new ErpClocks();
    expect(
      timeOf(clocks.inOurTime("one", [row("2026-11-20T12:00:00Z")], { askedAt: ASKED, serverNow: undefined })),
    ).toBeUndefined();
    expect(
      timeOf(clocks.inOurTime("one", [row("yesterday")], { askedAt: ASKED, serverNow: "2026-11-20T12:00:00Z" })),
    ).toBeUndefined();
  });
});
