import { FakeClock } from "@dovetail/testing";
import { CircuitBreaker, CircuitOpenError } from "./circuit-breaker";

const bad = () => Promise.reject(new Error("down"));
const good = async () => "up";

function setUp(options: { probes?: number; isFailure?: (error: unknown) => boolean } = {}) {
  const clock = new FakeClock();
  const states: string[] = [];
  const breaker = new CircuitBreaker({ failures: 3, openMs: 1000, clock, onChange: (s) => states.push(s), ...options });
  const fail = async (times: number) => {
    for (let i = 0; i < times; i++) await expect(breaker.run(bad)).rejects.toThrow("down");
  };
  return { clock, states, breaker, fail };
}

describe("CircuitBreaker", () => {
  it("opens after failures in a row and then refuses without calling", async () => {
    const { breaker, fail } = setUp();
    await fail(2);
    await breaker.run(good);
    await fail(3);
    const call = jest.fn(good);
    await expect(breaker.run(call)).rejects.toThrow(CircuitOpenError);
    expect(call).not.toHaveBeenCalled();
    await expect(breaker.run(call)).rejects.toMatchObject({ retryAfterMs: 1000 });
  });

  it("lets one probe through at a time and closes on its success", async () => {
    const { breaker, fail, clock, states } = setUp();
    await fail(3);
    await clock.advance(1000);
    let end: (value: string) => void = () => undefined;
    const probe = breaker.run(() => new Promise<string>((resolve) => (end = resolve)));
    await expect(breaker.run(good)).rejects.toThrow(CircuitOpenError);
    end("up");
    await probe;
    await expect(breaker.run(good)).resolves.toBe("up");
    expect(states).toEqual(["open", "half-open", "closed"]);
  });

  it("a failed probe opens it again for the whole time", async () => {
    const { breaker, fail, clock } = setUp();
    await fail(3);
    await clock.advance(1000);
    await fail(1);
    await clock.advance(999);
    expect(breaker.state).toBe("open");
    await clock.advance(1);
    expect(breaker.state).toBe("half-open");
  });

  it("errors that say nothing about health do not count", async () => {
    const { breaker, fail } = setUp({ isFailure: () => false });
    await fail(10);
    expect(breaker.state).toBe("closed");
  });

  it("needs as many good probes as configured", async () => {
    const { breaker, fail, clock } = setUp({ probes: 2 });
    await fail(3);
    await clock.advance(1000);
    await breaker.run(good);
    expect(breaker.state).toBe("half-open");
    await breaker.run(good);
    expect(breaker.state).toBe("closed");
  });

  it("a call from before it opened says nothing when it ends later", async () => {
    const { breaker, fail, clock } = setUp();
    let end: () => void = () => undefined;
    const old = breaker.run(() => new Promise<void>((resolve) => (end = resolve)));
    await fail(3);
    await clock.advance(1000);
    expect(breaker.state).toBe("half-open");
    end();
    await old;
    expect(breaker.state).toBe("half-open");
  });

  it("can be closed by hand", async () => {
    const { breaker, fail } = setUp();
    await fail(3);
    breaker.reset();
    await expect(breaker.run(good)).resolves.toBe("up");
  });
});
