/** The parts of a key as one text: joined by `|`; within a part `|` and `\` stand behind a `\`. */
export function joinKey(parts: readonly string[]): string {
  return parts.map((part) => part.replace(/[\\|]/g, "\\$&")).join("|");
}

/** The parts again; undefined when there are not `count` of them. */
export function splitKey(text: string, count: number): string[] | undefined {
  const parts = [""];
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === "|") parts.push("");
    else parts[parts.length - 1] += char === "\\" ? text.charAt(++i) : char;
  }
  return parts.length === count ? parts : undefined;
}
