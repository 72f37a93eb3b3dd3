import type { Json } from "@dovetail/domain";
import type { Evaluation } from "./evaluation";
import { createSandbox } from "./sandbox";

const sandbox = createSandbox({ fuel: 200, valueMs: 500, hangMs: 1000 });
afterAll(() => sandbox.close());

const one = async (expression: string, value: Json = "x"): Promise<Evaluation | undefined> =>
  (await sandbox.evaluate(expression, [value]))[0];

const around = async (expression: string) => {
  const values = Array.from({ length: 200 }, (_, i) => i);
  const results = await sandbox.evaluate(`value === 77 ? ${expression} : value + 1`, values);
  expect(results.filter((r) => "error" in r)).toHaveLength(1);
  expect(results[77]).toEqual({ error: expect.any(String) });
  expect(results[76]).toEqual({ value: 77 });
  expect(results[199]).toEqual({ value: 200 });
  return results[77] as { error: string };
};

describe("the sandbox", () => {
  it("evaluates in order", async () => {
    expect(await sandbox.evaluate("value.toUpperCase()", ["a", "b"])).toEqual([{ value: "A" }, { value: "B" }]);
    expect(await one("Math.round(value * 100) / 100", 1.005)).toEqual({ value: 1 });
    expect(await one("{'DRAFT': '10'}[value] || value", "DRAFT")).toEqual({ value: "10" });
    expect(await one("{'DRAFT': '10'}[value] || value", "OTHER")).toEqual({ value: "OTHER" });
    expect(await one("undefined")).toEqual({ value: null });
    expect(await one("({ a: [value] })", 1)).toEqual({ value: { a: [1] } });
  });

  it("keeps a batch of several chunks in order", async () => {
    const values = Array.from({ length: 25_000 }, (_, i) => i);
    expect(await sandbox.evaluate("value * 2", values)).toEqual(values.map((v) => ({ value: v * 2 })));
  });

  it("charges an exception to its own value", async () => {
    expect(await sandbox.evaluate("value.trim()", [" a ", null, " b "])).toEqual([
      { value: "a" },
      { error: expect.stringContaining("TypeError") },
      { value: "b" },
    ]);
  });

  it.each([
    ["an endless loop", "(() => { for (;;) {} })()"],
    ["a memory bomb of objects", "(() => { const a = []; for (;;) a.push(new Array(1000).fill(a.length)); })()"],
    ["a memory bomb of text", "(() => { let s = 'x'; for (;;) s += s; })()"],
    ["endless recursion", "(function f() { return f() + 1; })()"],
    ["a caught endless recursion", "(function f() { try { return f(); } catch { return f(); } })()"],
    ["deep nesting", "JSON.stringify(Array(50000).fill(0).reduce((a) => [a], []))"],
    ["a slow pattern", "/^(a+)+$/.test('a'.repeat(40) + 'b')"],
    ["a hang in native code", "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 0)"],
  ])("fails one value for %s", async (_name, expression) => void (await around(expression)));

  it("evaluates again after the thread was ended", async () => {
    await sandbox.close();
    expect(await one("value + 1", 1)).toEqual({ value: 2 });
  });

  it.each([
    "constructor.constructor('return 1')()",
    "''.constructor.constructor('return 1')()",
    "(() => 1).constructor('return 1')()",
    "(async () => 1).constructor('return 1')()",
    "(function* () {}).constructor('return 1')()",
    "Object.getPrototypeOf(async function* () {}).constructor('return 1')()",
    "Function('return 1')()",
    "eval('1')",
    "(0, eval)('1')",
    "Date.now()",
    "new Date()",
    "Math.random()",
    "Intl.DateTimeFormat()",
    "'a'.localeCompare('b')",
    "(1).toLocaleString()",
    "process.exit()",
    "require('fs')",
    "globalThis.process.env",
    "fetch('http://localhost')",
    "setTimeout(() => 1)",
    "Promise.resolve(1).then()",
    "NaN",
    "1n",
    "() => 1",
    "Symbol('x')",
    "[].constructor.prototype.push = 1",
    "leak = 1",
    "(Object.prototype.polluted = 1)",
    "Object.defineProperty(globalThis, 'x', { value: 1 })",
    "({ toJSON() { throw 1 } })",
    "(() => { throw { toString() { throw 1 } } })()",
  ])("has no way out by %s", async (expression) => {
    expect(await one(expression)).toEqual({ error: expect.any(String) });
  });

  it("keeps no state between values", async () => {
    const results = await sandbox.evaluate("(Array.seen = (Array.seen || 0) + 1)", [1, 2]);
    expect(results.every((r) => "error" in r)).toBe(true);
  });

  it("fails what is left when a whole batch loops", async () => {
    const short = createSandbox({ fuel: 50, batchMs: 300 });
    const started = performance.now();
    const results = await short.evaluate("(() => { for (;;) {} })()", Array<Json>(2000).fill(1));
    expect(results.every((r) => "error" in r)).toBe(true);
    expect(performance.now() - started).toBeLessThan(20_000);
    await short.close();
  });
});
