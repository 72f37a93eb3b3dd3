import { JsonText, JsonTexts } from "@dovetail/contracts";
import type { Answer } from "./handling";

const TEXTS = '{"versions":[';
const END = "]}";

/** An answer as it travels: JSON. JsonTexts go into it as they are, a line for each, their versions in the first line. */
export function writeAnswer(answer: Answer): string {
  const { output } = answer;
  if (!(output instanceof JsonTexts)) return JSON.stringify(answer);
  const versions = output.texts.map((each) => each?.version ?? null);
  const lines = output.texts.map((each) => each?.text ?? "null");
  return `{"versions":${JSON.stringify(versions)},"output":[\n${lines.join(",\n")}\n${END}`;
}

/** The answer that `writeAnswer` wrote; JsonTexts are cut out, not parsed. Throws SyntaxError on what is no JSON. */
export function readAnswer(payload: string): Answer {
  if (!payload.startsWith(TEXTS)) return JSON.parse(payload) as Answer;
  const [head = "", ...lines] = payload.split("\n");
  const { versions } = JSON.parse(head + END) as { versions: (number | null)[] };
  // An empty list has one empty line.
  if (lines.length !== Math.max(1, versions.length) + 1) throw new SyntaxError("a text of an answer has a line break");
  const texts = versions.map((version, i) => {
    const line = lines[i] ?? "";
    return version === null ? null : new JsonText(i < versions.length - 1 ? line.slice(0, -1) : line, version);
  });
  return { output: new JsonTexts(texts) };
}
