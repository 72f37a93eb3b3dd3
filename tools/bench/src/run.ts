import type { Bench } from "./options";
import { readOptions, type Options } from "./options";
import { Report } from "./report";
import { startServers, type Servers } from "./servers";

type Measure = (servers: Servers, options: Options, report: Report) => Promise<void>;

const MEASURES: Record<Bench, () => Promise<Measure>> = {
  sync: async () => (await import("./sync")).measureSync,
  writer: async () => (await import("./writer")).measureWriter,
  api: async () => (await import("./api/measure")).measureApi,
  push: async () => (await import("./push/measure")).measurePush,
  drain: async () => (await import("./push/measure")).measureDrain,
  status: async () => (await import("./status/measure")).measureStatus,
  scale: async () => (await import("./push/measure")).measureScale,
};

/** Runs the benches that the command line names. */
export async function run(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  const report = new Report(options.json);
  for (const bench of options.benches) {
    const measure = await MEASURES[bench]();
    const servers = await startServers();
    try {
      await measure(servers, options, report);
    } finally {
      await servers.stop();
    }
  }
  if (report.missed.length === 0) return;
  report.note(
    `${report.missed.length} below what has to be reached: ${report.missed.map((line) => line.bench).join(", ")}`,
  );
  process.exitCode = 1;
}
