/** Where a process may be told to die, so that tests can prove what a kill -9 there leaves behind. */
export const CRASH_POINTS = [
  "page.before-commit",
  "page.after-commit",
  "job.before-end",
  "push.before-send",
  "push.after-send",
  "push.before-settle",
  "write.before-commit",
  "write.after-commit",
  "bulk.after-slice",
  "token.before-commit",
  "plan.before-commit",
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

/** What the variable CRASH_AT may say: a point, or `point:n` for the n-th time that it is passed. */
export const CRASH_AT_PATTERN = new RegExp(`^(${CRASH_POINTS.join("|")})(:[1-9]\\d{0,8})?$`);

/** Kills its own process at one named point, as kill -9 does. Switched off unless CRASH_AT is set. */
export class CrashPoints {
  private readonly point: string | undefined;
  private left: number;

  constructor(
    at: string | undefined,
    private readonly die: () => void = () => process.kill(process.pid, "SIGKILL"),
  ) {
    const [point, times] = (at ?? "").split(":");
    this.point = point === "" ? undefined : point;
    this.left = Number(times ?? 1);
  }

  at(point: CrashPoint): void {
    if (point === this.point && --this.left === 0) this.die();
  }
}
