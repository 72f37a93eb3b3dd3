import { systemClock } from "./system-clock";

describe("systemClock", () => {
  it("sleeps about as long as asked", async () => {
    const start = systemClock.monotonic();
    await systemClock.sleep(20);
    expect(systemClock.monotonic() - start).toBeGreaterThanOrEqual(19);
  });

  it("an abort wakes it at once", async () => {
    const stop = new AbortController();
    const sleep = systemClock.sleep(2 ** 40, stop.signal);
    stop.abort(new Error("stopping"));
    await expect(sleep).rejects.toThrow("stopping");
    await expect(systemClock.sleep(0, stop.signal)).rejects.toThrow("stopping");
  });
});
