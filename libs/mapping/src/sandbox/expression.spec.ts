import { expressionProblem } from "./expression";

describe("the text of an expression", () => {
  it.each([
    "value",
    "value.toUpperCase()",
    "Math.round(value * 100) / 100",
    "{'DRAFT': '10', 'APPROVED': '20', 'SENT': '30'}[value] || value",
    "(value)",
    "((value) => value + 1)(value) // comment",
    "(() => { for (;;) {} })()",
  ])("takes %s", (text) => expect(expressionProblem(text)).toBeUndefined());

  it.each([
    "",
    "value;",
    "value; process.exit()",
    "(value); value",
    "value) + (1",
    "value\n}); (() => { 1",
    "if (value) {}",
    "let x = 1",
    "return value",
    "value /* open",
    "import('fs')",
    "import.meta.url",
    "async () => await value",
    "function* () { yield 1 }",
    "010",
    "(".repeat(3000) + ")".repeat(900),
    `value + ${"1 + ".repeat(2000)}1`,
  ])("refuses %s", (text) => expect(expressionProblem(text)).toEqual(expect.any(String)));
});
