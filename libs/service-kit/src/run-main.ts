import { ConfigError } from "./config";
import { maskText } from "./redaction";

/** What can be stopped: a running service, or several behind one `stop`. */
export interface Stoppable {
  stop(): Promise<void>;
}

/** sysexits.h EX_CONFIG: a supervisor need not try again. */
export const EXIT_CONFIG = 78;
const EXIT_FAILED = 1;
const EXIT_FORCED = 130;

/** The parts of a process that `runMain` uses; tests give their own. */
export interface MainProcess {
  on(event: string, listener: (cause: unknown) => void): unknown;
  exit(code: number): void;
  stderr: { write(text: string): unknown };
}

/**
 * The body of a `main.ts`: starts, stops once on SIGTERM or SIGINT (a second signal forces the end).
 * Exit codes: 0 stopped, 78 wrong configuration (listed on standard error), 1 failure, 130 forced.
 */
export async function runMain(start: () => Promise<Stoppable>, main: MainProcess = process): Promise<void> {
  let running: Stoppable | undefined;
  let endCode: number | undefined;
  const end = async (code: number): Promise<void> => {
    endCode = code;
    // Still starting: what has been opened so far can only be closed once `start` has handed it over.
    if (!running) return;
    try {
      await running.stop();
      main.exit(code);
    } catch (error) {
      main.stderr.write(`${describe(error)}\n`);
      main.exit(EXIT_FAILED);
    }
  };
  const onSignal = (): void => {
    if (endCode === undefined) void end(0);
    else main.exit(EXIT_FORCED);
  };
  const onDefect = (cause: unknown): void => {
    main.stderr.write(`${describe(cause)}\n`);
    if (endCode === undefined) void end(EXIT_FAILED);
  };
  main.on("SIGTERM", onSignal);
  main.on("SIGINT", onSignal);
  // A defect leaves state that nobody has checked: stop in order and let the supervisor start again.
  main.on("uncaughtException", onDefect);
  main.on("unhandledRejection", onDefect);
  try {
    running = await start();
  } catch (error) {
    main.stderr.write(`${describe(error)}\n`);
    main.exit(error instanceof ConfigError ? EXIT_CONFIG : EXIT_FAILED);
    return;
  }
  if (endCode !== undefined) await end(endCode);
}

function describe(cause: unknown): string {
  if (cause instanceof ConfigError) return cause.message;
  return maskText(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
}
