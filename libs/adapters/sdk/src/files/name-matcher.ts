/** What one place of a pattern takes: a certain character, any one, any number of them, or digits. */
type Token = { is: "char"; char: string } | { is: "one" | "any" | "digits" };

const DIGITS = 15;

/**
 * What the wildcards of `pattern` stand for in a name, in order; undefined: no such name. `*` and `?` are known, and
 * `digits`, where it is given, is a text that stands for 1 to 15 digits. The first takes as much as it can. A tenant
 * writes the pattern and its ERP the names: the time is that of the pattern times the name at most, never more.
 */
export function nameMatcher(pattern: string, digits?: string): (name: string) => string[] | undefined {
  const tokens = tokensOf(pattern, digits);
  const wildAt = tokens.findIndex(({ is }) => is !== "char");
  const prefix = tokens
    .slice(0, wildAt < 0 ? tokens.length : wildAt)
    .map((token) => (token.is === "char" ? token.char : ""))
    .join("");
  return (name) => (name.startsWith(prefix) ? match(tokens, [...name]) : undefined);
}

function tokensOf(pattern: string, digits: string | undefined): Token[] {
  const literal = (text: string) =>
    [...text.replace(/\*+/g, "*")].map((char): Token =>
      char === "*" ? { is: "any" } : char === "?" ? { is: "one" } : { is: "char", char },
    );
  if (digits === undefined) return literal(pattern);
  return pattern
    .split(digits)
    .flatMap((text, index) => [...(index > 0 ? [{ is: "digits" } as const] : []), ...literal(text)]);
}

function match(tokens: readonly Token[], name: readonly string[]): string[] | undefined {
  const ends = endings(tokens, name);
  if (!ends[0]?.[0]) return undefined;
  const found: string[] = [];
  let at = 0;
  for (const [index, token] of tokens.entries()) {
    const rest = ends[index + 1];
    let length = 1;
    if (token.is === "any") length = (rest?.lastIndexOf(1) ?? at) - at;
    if (token.is === "digits") for (length = digitsAt(name, at); !rest?.[at + length];) length--;
    if (token.is !== "char") found.push(name.slice(at, at + length).join(""));
    at += length;
  }
  return found;
}

/** For each token and each place of the name, whether from there on they match. */
function endings(tokens: readonly Token[], name: readonly string[]): Uint8Array[] {
  const size = name.length + 1;
  let rest = new Uint8Array(size);
  rest[name.length] = 1;
  const all = [rest];
  for (const token of [...tokens].reverse()) {
    const own = new Uint8Array(size);
    for (let at = size - 1; at >= 0; at--) own[at] = isMatch(token, name, at, rest, own) ? 1 : 0;
    all.unshift(own);
    rest = own;
  }
  return all;
}

function isMatch(token: Token, name: readonly string[], at: number, rest: Uint8Array, own: Uint8Array): boolean {
  if (token.is === "any") return rest[at] === 1 || own[at + 1] === 1;
  if (token.is === "one") return rest[at + 1] === 1;
  if (token.is === "char") return name[at] === token.char && rest[at + 1] === 1;
  return rest.subarray(at + 1, at + 1 + digitsAt(name, at)).includes(1);
}

/** How many digits stand there, up to 15. */
function digitsAt(name: readonly string[], at: number): number {
  let length = 0;
  while (length < DIGITS && /^[0-9]$/.test(name[at + length] ?? "")) length++;
  return length;
}
