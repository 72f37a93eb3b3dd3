import { existsSync, readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname, relative, resolve } from "node:path";

interface CallFrame {
  functionName: string;
  url: string;
  lineNumber: number;
  columnNumber: number;
}

interface Profile {
  nodes: { id: number; callFrame: CallFrame }[];
  samples: number[];
  timeDeltas: number[];
}

const SHOWN = 25;
/** A bundle's paths are relative to it. */
const INSTALLED = /node_modules\/((?:@[^/]+\/)?[^/]+)/;

/** Where the time of a CPU profile went: self time by part of the workspace, then by function, the longest first. */
export function summarise(file: string): string {
  const profile = JSON.parse(readFileSync(file, "utf8")) as Profile;
  const places = new Places();
  const named = new Map(profile.nodes.map(({ id, callFrame }) => [id, places.of(callFrame)]));
  const [byPart, byFunction] = [new Map<string, number>(), new Map<string, number>()];
  let total = 0;
  profile.samples.forEach((id, i) => {
    const took = (profile.timeDeltas[i] ?? 0) / 1000;
    const { part, name } = named.get(id) ?? { part: "?", name: "?" };
    if (name.startsWith("(idle)")) return;
    total += took;
    byPart.set(part, (byPart.get(part) ?? 0) + took);
    byFunction.set(name, (byFunction.get(name) ?? 0) + took);
  });
  const parts = longest(byPart, total, 12);
  return [`  busy for ${total.toFixed(0)} ms`, ...parts, "  by function:", ...longest(byFunction, total, SHOWN)].join(
    "\n",
  );
}

function longest(times: ReadonlyMap<string, number>, total: number, count: number): string[] {
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(
      ([name, took]) =>
        `  ${((100 * took) / total).toFixed(1).padStart(5)} %  ${took.toFixed(0).padStart(6)} ms  ${name}`,
    );
}

/** Turns places in bundles into places in sources. */
class Places {
  private readonly maps = new Map<string, SourceMap | undefined>();

  of({ functionName, url, lineNumber, columnNumber }: CallFrame): { part: string; name: string } {
    const called = functionName || "(anonymous)";
    if (url === "" || url.startsWith("node:")) {
      const part = url === "" ? called : url;
      return { part: part.startsWith("(") ? part : "node", name: `${called} ${url}` };
    }
    const bundle = url.startsWith("file:") ? new URL(url).pathname : url;
    const entry = this.mapOf(bundle)?.findEntry(lineNumber, columnNumber);
    const mapped = entry !== undefined && "originalSource" in entry;
    const file = relative(process.cwd(), mapped ? resolve(dirname(bundle), entry.originalSource) : bundle);
    const line = (mapped ? entry.originalLine : lineNumber) + 1;
    return { part: partOf(file), name: `${called} ${file}:${line}` };
  }

  private mapOf(bundle: string): SourceMap | undefined {
    if (!this.maps.has(bundle)) {
      const file = `${bundle}.map`;
      const payload = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as SourceMapPayload) : undefined;
      this.maps.set(bundle, payload && new SourceMap(payload));
    }
    return this.maps.get(bundle);
  }
}

function partOf(file: string): string {
  const installed = INSTALLED.exec(file)?.[1];
  if (installed !== undefined) return installed;
  const src = file.indexOf("/src/");
  return src < 0 ? file : file.slice(0, src);
}
