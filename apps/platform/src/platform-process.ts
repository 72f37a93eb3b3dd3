import { maskText, runMain, type Environment, type MainProcess, type Stoppable } from "@dovetail/service-kit";
import { screenOf } from "./demo/progress";
import { fail, tellDefect, type FailurePlace } from "./failure";
import { readOptions, type Options } from "./options";
import { startPlatform } from "./platform";
import { expectedFailure } from "./start-error";

/** A Ctrl-C reaches us twice: from the terminal and from npm. */
const ONE_SIGNAL_MS = 1000;

/** The body of the platform's `main.ts`: every failure ends with one tidy message and an exit code. */
export async function main(args: readonly string[], env: Environment): Promise<void> {
  const place: FailurePlace = {};
  // Whoever read our words may leave; the services go on.
  for (const out of [process.stdout, process.stderr]) out.on("error", () => undefined);
  await runMain(() => start(args, env, place), tidyProcess(place));
}

async function start(args: readonly string[], env: Environment, place: FailurePlace): Promise<Stoppable> {
  try {
    const options = readOptions(args, env);
    place.logFile = options.logFile;
    const screen = screenOf(process.stdout);
    const platform = await startPlatform(options, screen);
    platform.shown.catch((error: unknown) => tellDemoFailure(error, options));
    return platform;
  } catch (error) {
    return fail(error, place);
  }
}

function tellDemoFailure(error: unknown, options: Options): void {
  if (error instanceof Error && (error.name === "AbortError" || error.message === "stopped")) return;
  process.stderr.write("\nThe demo could not be shown; the platform goes on running.\n");
  const expected = expectedFailure(error);
  if (expected) process.stderr.write(`${maskText(expected.message)}\n`);
  else tellDefect(error, options);
}

/** The process as `runMain` sees it: one Ctrl-C is one signal, and defects are told tidily. */
function tidyProcess(place: FailurePlace): MainProcess {
  let last = Number.NEGATIVE_INFINITY;
  return {
    on: (event, listener) =>
      process.on(event, (cause: unknown) => {
        const isSignal = event === "SIGINT" || event === "SIGTERM";
        if (isSignal && performance.now() - last < ONE_SIGNAL_MS) return;
        if (isSignal) {
          last = performance.now();
          process.stdout.write("\nStopping …\n");
        }
        listener(cause);
      }),
    exit: (code) => process.exit(code),
    stderr: { write: (text: string) => tellDefect(text, place) },
  };
}
