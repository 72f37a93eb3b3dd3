import { maskText } from "./redaction";

/** One thing that a service needs; `check` rejects when it is not usable. */
export interface HealthCheck {
  readonly name: string;
  check(): Promise<void>;
  /** Milliseconds, default 2000: a check that takes longer counts as failed. */
  readonly timeoutMs?: number;
  /** false: a failure is shown (`degraded`) and the service stays ready. Default true. */
  readonly required?: boolean;
}

export interface CheckResult {
  name: string;
  status: "up" | "down";
  durationMs: number;
  error?: string;
}

/** Answer of `/health/ready`: 200 for ok and degraded, 503 for error. */
export interface HealthReport {
  status: "ok" | "degraded" | "error";
  checks: CheckResult[];
}

const DEFAULT_TIMEOUT_MS = 2000;

/** Runs checks side by side; callers that come while a run is under way share its answer. */
export class Health {
  private running: Promise<HealthReport> | undefined;
  private stopping = false;

  constructor(private readonly checks: readonly HealthCheck[]) {}

  /** From now on the service reports that it is not ready, so that balancers turn away. */
  markStopping(): void {
    this.stopping = true;
  }

  async report(): Promise<HealthReport> {
    if (this.stopping) return { status: "error", checks: [{ name: "stopping", status: "down", durationMs: 0 }] };
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async run(): Promise<HealthReport> {
    const checks = await Promise.all(this.checks.map(runCheck));
    const failed = this.checks.filter((_, index) => checks[index]?.status === "down");
    const status = failed.length === 0 ? "ok" : failed.some((c) => c.required !== false) ? "error" : "degraded";
    return { status, checks };
  }
}

async function runCheck(check: HealthCheck): Promise<CheckResult> {
  const started = performance.now();
  const took = (): number => Math.round(performance.now() - started);
  const timeoutMs = check.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([check.check(), timeout]);
    return { name: check.name, status: "up", durationMs: took() };
  } catch (error) {
    const text = error instanceof Error ? error.message : "failed";
    return { name: check.name, status: "down", durationMs: took(), error: maskText(text).slice(0, 200) };
  } finally {
    clearTimeout(timer);
  }
}
