import { Worker } from "node:worker_threads";
import type { Json } from "@dovetail/domain";
import type { Evaluation } from "./evaluation";
import { HARNESS_SOURCE, WORKER_SOURCE } from "./worker-source";

/** What one value, and a batch, may use. */
export interface SandboxLimits {
  /** The whole interpreter's memory. */
  memoryMb: number;
  stackKb: number;
  /** Interpreter steps of about 10,000 branches or calls. Counted, so a busy machine fails nothing. */
  fuel: number;
  /** Wall time, as the second line behind the fuel. */
  valueMs: number;
  batchMs: number;
  /** Silence after which the thread is taken to hang in native code and is ended. */
  hangMs: number;
  /** Values between two signs of progress. */
  block: number;
}

interface Message {
  id: number;
  done?: true;
  at: number;
  /** -1: up to the end of the range. */
  count: number;
  text: string;
}

type Batch = { expression: string; values: readonly Json[]; results: (Evaluation | undefined)[]; until: number };

/** One thread and its watchdog. A batch survives the death of the thread: what was not answered runs again. */
export class SandboxWorker {
  private worker: Worker | undefined;
  private readonly progress = new Int32Array(new SharedArrayBuffer(12));
  private nextId = 1;

  constructor(private readonly limits: SandboxLimits) {}

  async run(expression: string, values: readonly Json[]): Promise<Evaluation[]> {
    const results = new Array<Evaluation | undefined>(values.length);
    const batch: Batch = { expression, values, results, until: performance.now() + 2 * this.limits.batchMs };
    let suspects: [from: number, to: number] | undefined;
    for (;;) {
      const range = nextRange(results, suspects);
      if (range === undefined) return results.map((result) => result ?? { error: "not evaluated" });
      if (performance.now() > batch.until) {
        fill(results, "the batch ran too long");
        continue;
      }
      suspects = (await this.attempt(batch, range, suspects !== undefined)) ?? suspects;
    }
  }

  async close(): Promise<void> {
    const worker = this.worker;
    this.worker = undefined;
    await worker?.terminate();
  }

  /** Answers with the values under suspicion when the thread had to be ended. */
  private async attempt(batch: Batch, [from, to]: [number, number], narrowed: boolean) {
    const single = narrowed && to - from <= this.limits.block;
    const beat = Atomics.load(this.progress, 2);
    const { hung, failure } = await this.send(batch, from, to, single);
    if (!hung && failure === undefined) return undefined;
    await this.close();
    if (beat === Atomics.load(this.progress, 2)) {
      // It never began: the thread itself cannot run, and no value is to blame.
      fill(batch.results, failure ?? "the sandbox does not start");
      return undefined;
    }
    const at = Math.min(Math.max(Atomics.load(this.progress, 0), from), to - 1);
    const size = Atomics.load(this.progress, 1);
    if (size <= 1) batch.results[at] ??= { error: hung ? "the expression ran too long" : (failure ?? "failed") };
    return [at, Math.min(at + Math.max(size, 1), to)] as [number, number];
  }

  private send(batch: Batch, from: number, to: number, single: boolean): Promise<{ hung: boolean; failure?: string }> {
    const worker = (this.worker ??= this.start());
    const id = this.nextId++;
    return new Promise((resolve) => {
      let seen = -1;
      const watch = setInterval(() => {
        const now = Atomics.load(this.progress, 2);
        if (now === seen) end({ hung: true });
        seen = now;
      }, this.limits.hangMs);
      const onMessage = (message: Message) => {
        if (message.id !== id) return;
        if (message.done) end({ hung: false });
        else store(batch.results, message, to);
      };
      const onError = (error: unknown) =>
        end({ hung: false, failure: `the sandbox failed: ${String(error)}`.slice(0, 200) });
      const onExit = () => onError("its thread ended");
      const end = (outcome: { hung: boolean; failure?: string }) => {
        clearInterval(watch);
        worker.off("message", onMessage).off("error", onError).off("exit", onExit);
        worker.unref();
        resolve(outcome);
      };
      worker.on("message", onMessage).on("error", onError).on("exit", onExit);
      worker.ref();
      const all = from === 0 && to === batch.values.length;
      const json = JSON.stringify(all ? batch.values : batch.values.slice(from, to));
      worker.postMessage({ id, expression: batch.expression, json, offset: from, single });
    });
  }

  private start(): Worker {
    const worker = new Worker(WORKER_SOURCE, {
      eval: true,
      env: {},
      execArgv: [],
      resourceLimits: { stackSizeMb: 16, maxOldGenerationSizeMb: 256 },
      workerData: {
        quickjs: require.resolve("quickjs-emscripten"),
        harness: HARNESS_SOURCE,
        limits: this.limits,
        progress: this.progress.buffer,
      },
    });
    // An error between batches must not end the process; the next batch finds the thread dead and starts another.
    worker.on("error", () => this.forget(worker)).on("exit", () => this.forget(worker));
    return worker;
  }

  private forget(worker: Worker): void {
    if (this.worker === worker) this.worker = undefined;
  }
}

/** The suspects first, then the next run of unanswered values. */
function nextRange(results: (Evaluation | undefined)[], suspects?: [number, number]): [number, number] | undefined {
  const open = (from: number, to: number): [number, number] | undefined => {
    let start = from;
    while (start < to && results[start] !== undefined) start++;
    let end = start;
    while (end < to && results[end] === undefined) end++;
    return start < end ? [start, end] : undefined;
  };
  return (suspects && open(...suspects)) ?? open(0, results.length);
}

function store(results: (Evaluation | undefined)[], { at, count, text }: Message, to: number): void {
  const [values, failed] = JSON.parse(text) as [Json[], [number, string][]];
  const n = count < 0 ? to - at : count;
  for (let i = 0; i < n; i++) results[at + i] = { value: values[i] ?? null };
  for (const [i, error] of failed) results[at + i] = { error };
}

function fill(results: (Evaluation | undefined)[], error: string): void {
  for (let i = 0; i < results.length; i++) results[i] ??= { error };
}
