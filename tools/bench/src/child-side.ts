/** What a child process answers: one function per command. */
export type Commands = Record<string, (input: never) => unknown>;

interface Request {
  id: number;
  command: string;
  input: unknown;
}

/** Answers the commands of the process that forked this one, and ends with it. */
export function serve(commands: Commands): void {
  process.on("disconnect", () => process.exit(0));
  process.on("message", ({ id, command, input }: Request) => {
    const answer = async (): Promise<unknown> => {
      const run = commands[command];
      if (!run) throw new Error(`no command ${command}`);
      return run(input as never);
    };
    answer().then(
      (result) => process.send?.({ id, result: result ?? null }),
      (error: unknown) =>
        process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
}
