import { FakeClock } from "@dovetail/testing";
import { TimeoutError, withTimeout } from "./with-timeout";

const never = () => new Promise<never>(() => undefined);

describe("withTimeout", () => {
  it("returns the result and leaves no timer", async () => {
    const clock = new FakeClock();
    await expect(withTimeout(async () => 7, 1000, undefined, clock)).resolves.toBe(7);
    expect(clock.waiting).toBe(0);
  });

  it("throws TimeoutError and aborts the work", async () => {
    const clock = new FakeClock();
    let seen: AbortSignal | undefined;
    const result = withTimeout((signal) => ((seen = signal), never()), 1000, undefined, clock);
    const checked = expect(result).rejects.toThrow(TimeoutError);
    await clock.advance(1000);
    await checked;
    expect(seen?.aborted).toBe(true);
  });

  it("rejects with the outer signal's reason and leaves no timer", async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const checked = expect(withTimeout(never, 1000, stop.signal, clock)).rejects.toThrow("stopping");
    stop.abort(new Error("stopping"));
    await checked;
    await clock.advance(0);
    expect(clock.waiting).toBe(0);
  });

  it("does not begin when aborted before", async () => {
    const work = jest.fn(never);
    await expect(withTimeout(work, 1000, AbortSignal.abort(new Error("stopping")))).rejects.toThrow("stopping");
    expect(work).not.toHaveBeenCalled();
  });

  it("passes on the work's own error", async () => {
    await expect(withTimeout(() => Promise.reject(new Error("own")), 1000)).rejects.toThrow("own");
  });
});
