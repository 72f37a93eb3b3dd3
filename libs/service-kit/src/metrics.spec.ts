import { Metrics, type MetricLabel } from "./metrics";

describe("metrics", () => {
  it("belong to one instance and carry its service", async () => {
    const [one, two] = [new Metrics({ service: "one" }), new Metrics({ service: "two" })];
    one.counter("rows_total", "Rows", ["entity"]).inc({ entity: "Part" }, 3);
    two.counter("rows_total", "Rows", ["entity"]).inc({ entity: "Part" });
    one.gauge("depth", "Depth", ["queue"], (gauge) => gauge.set({ queue: "push" }, 7));
    one.histogram("wait_seconds", "Wait", [], [1]).observe(0.5);
    const text = await one.text();
    expect(text).toContain('rows_total{entity="Part",service="one"} 3');
    expect(text).toContain('depth{queue="push",service="one"} 7');
    expect(text).toContain('wait_seconds_bucket{le="1",service="one"} 1');
    expect(await two.text()).toContain('rows_total{entity="Part",service="two"} 1');
  });

  it("refuse a label that could have countless values", () => {
    const labels = ["recordKey"] as unknown as MetricLabel[];
    expect(() => new Metrics({ service: "one" }).counter("x_total", "X", labels)).toThrow(
      /not an allowed metric label/,
    );
  });
});
