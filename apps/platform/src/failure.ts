import { appendFileSync } from "node:fs";
import { maskText } from "@dovetail/service-kit";
import { HelpWanted, USAGE } from "./options";
import { expectedFailure } from "./start-error";

/** Where details of a defect are kept; absent before that is known. */
export interface FailurePlace {
  logFile?: string;
}

/** Ends the process with a message that a person can use. */
export function fail(error: unknown, place: FailurePlace): never {
  if (error instanceof HelpWanted) {
    process.stdout.write(`${USAGE}\n`);
    process.exit(0);
  }
  const expected = expectedFailure(error);
  if (expected) process.stderr.write(`${maskText(expected.message)}\n`);
  else tellDefect(error, place);
  process.exit(expected?.exitCode ?? 1);
}

/** The first line for the person at the terminal, the rest into the log for whoever looks into it. */
export function tellDefect(error: unknown, { logFile }: FailurePlace): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const masked = maskText(text.trimEnd());
  const [first = ""] = masked.split("\n");
  process.stderr.write(`${first}${keep(masked, logFile) ? ` (details: ${logFile})` : ""}\n`);
}

function keep(text: string, logFile: string | undefined): boolean {
  if (logFile === undefined) return false;
  try {
    appendFileSync(logFile, `${JSON.stringify({ level: "fatal", service: "platform", msg: text })}\n`);
    return true;
  } catch {
    // There is no log yet: the message has to do.
    return false;
  }
}
