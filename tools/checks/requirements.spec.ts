import { files } from "./workspace";

/** Requirements of synchronisation and of errors: each is named by the title of a test that proves it. */
const NUMBERS = [...numbers("SYN", 17), ...numbers("ERR", 4)];
/** What `it`, `test` and `describe` are called with first, also behind `.each(…)`. */
const TITLE = /\b(?:it|test|describe)(?:\.each[^\n]*)?\(\s*(?:"([^"\n]*)"|'([^'\n]*)'|`([^`]*)`)/g;
/** The title of a table's tests stands behind the table. */
const BEHIND_TABLE = /^\s*(?:\]|\]\s*as const)?\)\(\s*(?:"([^"\n]*)"|`([^`]*)`)/gm;

function numbers(letters: string, last: number): string[] {
  return Array.from({ length: last }, (_, n) => `${letters}-${n + 1}`);
}

function titles(text: string): string[] {
  return [...text.matchAll(TITLE), ...text.matchAll(BEHIND_TABLE)].map((match) => match.slice(1).join(""));
}

it("every requirement of synchronisation and errors is named by a test", () => {
  const named = files(["apps", "libs", "tools"], ".spec.ts", ".int-spec.ts", ".e2e-spec.ts")
    .filter(({ path }) => !path.startsWith("tools/checks/"))
    .flatMap(({ text }) => titles(text))
    .flatMap((title) => title.match(/\b(?:SYN|ERR)-\d+\b/g) ?? []);
  expect(NUMBERS.filter((number) => !named.includes(number))).toEqual([]);
});

it("reads titles of plain tests, of tables and of groups", () => {
  expect(titles('it("SYN-1: a", () => 1);\ndescribe(`SYN-2: b`, () => 2);')).toEqual(["SYN-1: a", "SYN-2: b"]);
  expect(titles('it.each([1, 2])("SYN-3: %i", () => 3);')).toContain("SYN-3: %i");
  expect(titles('it.each([\n  1,\n])("SYN-4: %i", () => 4);')).toEqual(["SYN-4: %i"]);
});
