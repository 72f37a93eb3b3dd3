import type { JobStatus } from "@dovetail/contracts";
import { mayBecome, priorityOf, pullWorkId } from "./job";

const STATUSES: JobStatus[] = ["queued", "running", "awaiting_approval", "completed", "failed", "cancelled"];

describe("jobs", () => {
  it("end for good", () => {
    for (const from of ["completed", "failed", "cancelled"] as const)
      for (const to of STATUSES) expect(mayBecome(from, to)).toBe(false);
  });

  it("can be cancelled as long as they have not ended, and complete only when they ran", () => {
    expect(STATUSES.filter((from) => mayBecome(from, "cancelled"))).toEqual(["queued", "running", "awaiting_approval"]);
    expect(STATUSES.filter((from) => mayBecome(from, "completed"))).toEqual(["running"]);
  });

  it("come in the order manual and webhook, schedule, full (SYN-1)", () => {
    expect(priorityOf("manual", "full")).toBe(priorityOf("webhook", "incremental"));
    expect(priorityOf("manual", "full")).toBeLessThan(priorityOf("schedule", "incremental"));
    expect(priorityOf("schedule", "incremental")).toBeLessThan(priorityOf("schedule", "full"));
  });

  it("share one work row per account and entity", () => expect(pullWorkId(3, 7)).toBe("3:7"));
});
