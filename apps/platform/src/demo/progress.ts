/** Where the platform's words to the person at the terminal go. */
export interface Screen {
  /** True: lines may be rewritten. */
  readonly live: boolean;
  line(text?: string): void;
  /** Replaces the last `progress`; on a screen that is not live only when the text is worth a line of its own. */
  progress(text: string, worthALine?: boolean): void;
  /** Ends the line that `progress` left open. */
  endProgress(): void;
}

/** A terminal, a pipe or a file. */
export function screenOf(out: { isTTY?: boolean; columns?: number; write(text: string): unknown }): Screen {
  const live = out.isTTY === true;
  let open = false;
  const end = (): void => {
    if (open) out.write("\n");
    open = false;
  };
  return {
    live,
    line: (text = "") => {
      end();
      out.write(`${text}\n`);
    },
    progress: (text, worthALine = false) => {
      if (live) {
        out.write(`\r\u001b[2K${text.slice(0, (out.columns ?? 80) - 1)}`);
        open = true;
      } else if (worthALine) out.write(`${text}\n`);
    },
    endProgress: end,
  };
}

const WIDTH = 24;

/** A bar of `#` for the part done, with its numbers. */
export function bar(done: number, total: number, text: string): string {
  const filled = total === 0 ? WIDTH : Math.round((WIDTH * done) / total);
  return `  [${"#".repeat(filled)}${"-".repeat(WIDTH - filled)}] ${done} of ${total} entities, ${text}`;
}
