import { ConfigError } from "./config";
import { runMain, type MainProcess } from "./run-main";

class FakeProcess implements MainProcess {
  readonly codes: number[] = [];
  errors = "";
  readonly stderr = { write: (text: string) => (this.errors += text) };
  private readonly listeners = new Map<string, (cause: unknown) => void>();

  on(event: string, listener: (cause: unknown) => void): void {
    this.listeners.set(event, listener);
  }

  exit(code: number): void {
    this.codes.push(code);
  }

  async emit(event: string, cause?: unknown): Promise<void> {
    this.listeners.get(event)?.(cause);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }
}

describe("runMain", () => {
  it("stops once on a signal and ends with 0", async () => {
    const main = new FakeProcess();
    let stops = 0;
    await runMain(async () => ({ stop: async () => void stops++ }), main);
    expect(main.codes).toEqual([]);
    await main.emit("SIGTERM");
    expect([stops, main.codes]).toEqual([1, [0]]);
  });

  it("is forced by a second signal", async () => {
    const main = new FakeProcess();
    await runMain(async () => ({ stop: () => new Promise<void>(() => undefined) }), main);
    await main.emit("SIGINT");
    expect(main.codes).toEqual([]);
    await main.emit("SIGTERM");
    expect(main.codes).toEqual([130]);
  });

  it("ends with 78 and the list for a wrong configuration", async () => {
    const main = new FakeProcess();
    const fault = { name: "PORT", wrong: "is not set", expected: "a port" };
    await runMain(() => Promise.reject(new ConfigError([fault])), main);
    expect(main.codes).toEqual([78]);
    expect(main.errors).toBe("The configuration has 1 fault:\n  PORT is not set; expected a port\n");
  });

  it("ends with 1 when it cannot start, cannot stop or meets a defect, and shows no password", async () => {
    const main = new FakeProcess();
    await runMain(() => Promise.reject(new Error("no postgres://u:hunter2@db")), main);
    const stops = new FakeProcess();
    await runMain(async () => ({ stop: () => Promise.reject(new Error("stuck")) }), stops);
    await stops.emit("SIGTERM");
    const defect = new FakeProcess();
    let stopped = false;
    await runMain(async () => ({ stop: async () => void (stopped = true) }), defect);
    await defect.emit("unhandledRejection", "lost");
    expect([main.codes, stops.codes, defect.codes]).toEqual([[1], [1], [1]]);
    expect(stopped).toBe(true);
    expect(main.errors).toContain("postgres://u:***@db");
    expect(stops.errors).toContain("stuck");
    expect(defect.errors).toContain("lost");
  });

  it("stops what a signal overtook while it was starting", async () => {
    const main = new FakeProcess();
    let started: (value: { stop(): Promise<void> }) => void = () => undefined;
    let stops = 0;
    const running = runMain(() => new Promise((resolve) => (started = resolve)), main);
    await main.emit("SIGTERM");
    expect(main.codes).toEqual([]);
    started({ stop: async () => void stops++ });
    await running;
    expect(stops).toBe(1);
    expect(main.codes).toEqual([0]);
  });
});
