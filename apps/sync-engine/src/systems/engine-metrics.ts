import {
  AdapterError,
  httpClassify,
  RETRY_TABLE,
  type Category,
  type Http,
  type HttpAnswer,
  type HttpRequest,
} from "@dovetail/adapter-sdk";
import { Database } from "@dovetail/database";
import { METRICS, type Metrics } from "@dovetail/service-kit";
import { Inject, Injectable } from "@nestjs/common";
import type { JobRow } from "../jobs/job";
import { addsUp, countsOf } from "../jobs/job-view";
import { entityOf } from "../pull/source-row.service";

const JOB_SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600];

/** What Prometheus sees of syncs, pushes, queues and ERP calls. */
@Injectable()
export class EngineMetrics {
  private readonly jobs;
  private readonly rows;
  private readonly read;
  private readonly unbalanced;
  private readonly seconds;
  private readonly pushes;
  private readonly calls;
  private readonly failures;

  constructor(
    @Inject(METRICS) private readonly metrics: Metrics,
    db: Database,
  ) {
    this.jobs = metrics.counter("dovetail_sync_jobs_total", "Ended jobs.", ["entity", "outcome"]);
    this.rows = metrics.counter("dovetail_sync_rows_total", "Rows read from ERPs, by what became of them.", [
      "entity",
      "outcome",
    ]);
    this.read = metrics.counter(
      "dovetail_sync_rows_read_total",
      "Rows read from ERPs: the sum of what became of them.",
      ["entity"],
    );
    this.unbalanced = metrics.counter(
      "dovetail_sync_unbalanced_jobs_total",
      "Ended jobs whose rows read are not the sum of created, updated, unchanged, rejected and parked.",
      ["entity"],
    );
    this.seconds = metrics.histogram("dovetail_sync_duration_seconds", "Duration of jobs.", ["entity"], JOB_SECONDS);
    this.pushes = metrics.counter(
      "dovetail_push_turns_total",
      "Turns of a link: what was planned to bring its record to the ERP.",
      ["entity", "outcome"],
    );
    this.calls = metrics.histogram("dovetail_erp_call_seconds", "Calls of ERPs.", ["system", "outcome"]);
    this.failures = metrics.counter("dovetail_erp_errors_total", "Failed calls of ERPs by category.", [
      "system",
      "code",
    ]);
    this.tellThresholds();
    const depth = metrics.gauge("dovetail_queue_depth", "Work that waits or is under way.", ["queue"]);
    metrics.gauge("dovetail_queue_age_seconds", "How long the oldest due work has waited.", ["queue"], async (age) => {
      const queues = await db.dispatch<{ kind: string; depth: number; age: number }>(
        `select kind, count(*)::int depth,
           greatest(0, extract(epoch from clock_timestamp() - min(due_at) filter (where lease_until is null)))::float8 age
         from sync_engine.work group by kind`,
      );
      age.reset();
      depth.reset();
      for (const queue of queues) {
        age.set({ queue: queue.kind }, queue.age ?? 0);
        depth.set({ queue: queue.kind }, queue.depth);
      }
    });
  }

  /** Counts the accounts that this process knows to wait, by reason (circuit, paused); read at each scrape. */
  watchAccounts(read: () => { why: string | undefined }[]): void {
    const help = "ERP accounts that are not called for a while, by reason.";
    this.metrics.gauge("dovetail_erp_accounts_waiting", help, ["state"], (gauge) => {
      gauge.reset();
      for (const state of ["circuit", "paused"]) gauge.set({ state }, 0);
      for (const { why } of read()) if (why !== undefined) gauge.inc({ state: why });
    });
  }

  /** Beside the counter of failures: an alert compares the increase of an hour with the category's own bound. */
  private tellThresholds(): void {
    const help =
      "Failed calls of ERPs within an hour that raise an alert, by category; a category without one has none.";
    const bounds = this.metrics.gauge("dovetail_erp_errors_alert_per_hour", help, ["code"]);
    for (const code of Object.keys(RETRY_TABLE) as Category[]) {
      const { alertPerHour } = RETRY_TABLE[code];
      if (alertPerHour !== undefined) bounds.set({ code }, alertPerHour);
    }
  }

  jobEnded(job: JobRow): void {
    const entity = entityOf(job.entity);
    this.jobs.inc({ entity, outcome: job.status });
    const { read, ...outcomes } = countsOf(job);
    this.read.inc({ entity }, read);
    this.unbalanced.inc({ entity }, addsUp(countsOf(job)) ? 0 : 1);
    for (const [outcome, n] of Object.entries(outcomes)) if (n > 0) this.rows.inc({ entity, outcome }, n);
    if (job.started_at && job.finished_at)
      this.seconds.observe({ entity }, (Date.parse(job.finished_at) - Date.parse(job.started_at)) / 1000);
  }

  /** `outcome`: send, confirm (nothing to send), park, reject, resolve (outcome unknown), nothing. */
  pushTurn(entity: string, outcome: string): void {
    this.pushes.inc({ entity, outcome });
  }

  /** The client with its calls counted and timed. */
  measured(http: Http, system: string): Http {
    return { request: (request) => this.call(http, request, system) };
  }

  private async call(http: Http, request: HttpRequest, system: string): Promise<HttpAnswer> {
    const done = this.calls.startTimer({ system });
    try {
      const answer = await http.request(request);
      done({ outcome: `${Math.floor(answer.status / 100)}xx` });
      if (answer.status >= 400) this.failures.inc({ system, code: httpClassify({ status: answer.status }).category });
      return answer;
    } catch (error) {
      done({ outcome: "failed" });
      this.failures.inc({ system, code: error instanceof AdapterError ? error.category : "SERVER" });
      throw error;
    }
  }
}
