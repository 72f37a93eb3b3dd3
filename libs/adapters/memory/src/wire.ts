import type { CallFault, CallKind } from "./faults";
import type { Faults } from "./faults";
import { NoSuchRow, StaleVersion } from "./row-errors";

/** What the wire needs of the ERP behind it. */
export interface Far {
  readonly faults: Faults;
  later(ms: number, effect: () => void): void;
}

/** What a caller sees of a call that did not succeed, in the words of HTTP. */
export class WireFailure extends Error {
  constructor(
    message: string,
    readonly sent: "no" | "maybe",
    readonly answer?: { status: number; retryAfterSeconds?: number; bodyCode?: string; body?: string },
  ) {
    super(message);
  }
}

type Work<T> = () => { value: T } | "denied";

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(new WireFailure("the call was cancelled", "maybe"));
    if (signal.aborted) fail();
    else signal.addEventListener("abort", fail, { once: true });
  });
}

function run<T>(work: Work<T>): T {
  const refuse = (status: number, message: string) => new WireFailure(message, "no", { status });
  try {
    const done = work();
    if (done === "denied") throw refuse(401, "wrong user name or password");
    return done.value;
  } catch (error) {
    if (error instanceof NoSuchRow) throw refuse(404, `no row ${error.message}`);
    if (error instanceof StaleVersion) throw refuse(409, `row ${error.message} has another version`);
    throw error;
  }
}

function failing<T>(erp: Far, fault: CallFault, signal: AbortSignal, work: Work<T>): T | Promise<never> {
  switch (fault.kind) {
    case "status":
      throw new WireFailure(`the ERP answered ${fault.status}`, fault.status >= 500 ? "maybe" : "no", fault);
    case "unreachable":
      throw new WireFailure("the ERP could not be reached", "no");
    case "reset":
    case "timeoutBefore":
      throw new WireFailure(fault.kind === "reset" ? "connection reset" : "no answer in time", "maybe");
    case "cutOff":
    case "timeoutAfter":
      run(work);
      throw new WireFailure(fault.kind === "cutOff" ? "the answer was cut off" : "no answer in time", "maybe");
    case "late":
      erp.later(fault.ms, () => run(work));
      throw new WireFailure("no answer in time", "maybe");
    case "hang":
      return aborted(signal);
  }
}

/** Takes one call to the ERP and back, through whatever faults are set. */
export async function carry<T>(erp: Far, kind: CallKind, signal: AbortSignal, work: Work<T>): Promise<T> {
  // Every call is a turn of the event loop, as it is over a network.
  await Promise.resolve();
  if (signal.aborted) throw new WireFailure("the call was cancelled", "no");
  const pause = erp.faults.takePause(kind);
  if (pause) await pause.gate;
  try {
    const fault = erp.faults.take(kind);
    return await (fault ? failing(erp, fault, signal, work) : run(work));
  } finally {
    pause?.arrived();
  }
}
