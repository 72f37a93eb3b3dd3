import { readFileSync } from "node:fs";
import { relative } from "node:path";

interface ProfileNode {
  id: number;
  callFrame: { functionName: string; url: string; lineNumber: number };
}

interface Profile {
  nodes: ProfileNode[];
  samples: number[];
  timeDeltas: number[];
}

const SHOWN = 30;

/** Where the time of a CPU profile went: self time by function, the longest first. */
export function summarise(file: string): string {
  const profile = JSON.parse(readFileSync(file, "utf8")) as Profile;
  const frames = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const self = new Map<string, number>();
  let total = 0;
  profile.samples.forEach((id, i) => {
    const took = (profile.timeDeltas[i] ?? 0) / 1000;
    const frame = frames.get(id);
    const name = frame ? nameOf(frame) : "?";
    total += took;
    self.set(name, (self.get(name) ?? 0) + took);
  });
  return [...self]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(
      ([name, took]) =>
        `  ${((100 * took) / total).toFixed(1).padStart(5)} %  ${took.toFixed(0).padStart(6)} ms  ${name}`,
    )
    .join("\n");
}

function nameOf({ functionName, url, lineNumber }: ProfileNode["callFrame"]): string {
  const place = url.startsWith("file:") ? relative(process.cwd(), new URL(url).pathname) : url;
  return `${functionName || "(anonymous)"} ${place ? `${place}:${lineNumber + 1}` : ""}`;
}
