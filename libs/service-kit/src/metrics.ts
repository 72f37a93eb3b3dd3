import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** The labels that a metric may have: each has few values. Ids and keys never become labels. */
export const METRIC_LABELS = [
  "method",
  "route",
  "status",
  "operation",
  "entity",
  "direction",
  "outcome",
  "code",
  "system",
  "tenant",
  "integration",
  "queue",
  "state",
] as const;
export type MetricLabel = (typeof METRIC_LABELS)[number];

/** Seconds; from one millisecond to half a minute. */
const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The metrics of one service instance; several instances in one process do not see each other. */
export class Metrics {
  readonly registry = new Registry();

  /** `processMetrics` adds prom-client's process and runtime metrics (once per process is enough). */
  constructor(options: { service: string; processMetrics?: boolean }) {
    this.registry.setDefaultLabels({ service: options.service });
    if (options.processMetrics) collectDefaultMetrics({ register: this.registry });
  }

  counter<L extends MetricLabel = never>(name: string, help: string, labels: readonly L[] = []): Counter<L> {
    return new Counter({ name, help, labelNames: allowed(labels), registers: [this.registry] });
  }

  /** `collect` is called at each scrape, to set the value then. */
  gauge<L extends MetricLabel = never>(
    name: string,
    help: string,
    labels: readonly L[] = [],
    collect?: (gauge: Gauge<L>) => void | Promise<void>,
  ): Gauge<L> {
    return new Gauge({
      name,
      help,
      labelNames: allowed(labels),
      registers: [this.registry],
      ...(collect
        ? {
            collect(this: Gauge<L>) {
              return collect(this);
            },
          }
        : {}),
    });
  }

  /** Buckets are in the metric's unit; the default suits seconds of latency. */
  histogram<L extends MetricLabel = never>(
    name: string,
    help: string,
    labels: readonly L[] = [],
    buckets: readonly number[] = LATENCY_BUCKETS,
  ): Histogram<L> {
    return new Histogram({
      name,
      help,
      labelNames: allowed(labels),
      buckets: [...buckets],
      registers: [this.registry],
    });
  }

  /** The Prometheus text of all metrics. */
  text(): Promise<string> {
    return this.registry.metrics();
  }
}

// The type says it already; a list built at run time is checked here.
function allowed<L extends MetricLabel>(labels: readonly L[]): L[] {
  for (const label of labels) {
    if (!METRIC_LABELS.includes(label)) throw new Error(`${String(label)} is not an allowed metric label`);
  }
  return [...labels];
}
