import type { History } from "../history";
import fc from "fast-check";
import { BAD } from "./bad-runs";
import { check, exitCode } from "./check";
import { first, goodRun, is, record } from "./good-run";
import { ModelPlatform } from "./model-history";
import { LAWS } from "./violation";

it("finds nothing in a run that kept every promise", () => {
  const verdict = check(goodRun());
  expect(verdict).toEqual({ violations: [], tooSeldom: [], faults: { kill: 1, "pause-longer-than-lease": 1 } });
  expect(exitCode(verdict)).toBe(0);
});

it.each(BAD)("$law: $what", ({ law, spoil }) => {
  const history = goodRun();
  spoil(history);
  const { violations } = check(history);
  expect(violations.map((violation) => violation.law)).toContain(law);
  expect(exitCode(check(history))).toBe(1);
});

it("an unknown write counts as neither lost nor wrong, applied or not", () => {
  const applied = goodRun();
  expect(record(applied, "S4").record["phone"]).toBe("late");
  const model = new ModelPlatform();
  model.strike("kill");
  model.write("S4", { name: "x", phone: "first" });
  model.loseUnheard("S4", { phone: "never" });
  expect(check(model.history()).violations).toEqual([]);
});

it("a value that goes there and back is the last one's, not the first one's", () => {
  const model = new ModelPlatform();
  model.strike("kill");
  for (const phone of ["a", "b", "a"]) {
    model.write("S1", { phone });
    model.push();
  }
  const history = model.history();
  expect(check(history).violations).toEqual([]);
  for (const { final } of history.erps) first(final, is("S1")).document["phone"] = "b";
  record(history, "S1").record["phone"] = "b";
  expect(check(history).violations.map(({ law }) => law)).toContain("final-value");
});

it("a run in which a fault was seen too seldom proves nothing", () => {
  const history = goodRun();
  history.setup.limits.faults = { kill: 2, "a-b-a": 1 };
  const verdict = check(history);
  expect(verdict.tooSeldom).toEqual([
    { kind: "kill", observed: 1, least: 2 },
    { kind: "a-b-a", observed: 0, least: 1 },
  ]);
  expect(exitCode(verdict)).toBe(2);
});

it("a history survives being written to a file", () => {
  const history = goodRun();
  expect(check(JSON.parse(JSON.stringify(history)) as History)).toEqual(check(history));
});

it("every law has a bad history that breaks it", () => {
  expect(new Set(BAD.map(({ law }) => law))).toEqual(new Set(LAWS));
});

const KEYS = fc.constantFrom("S1", "S2", "S3");
const VALUE = fc.integer({ min: 0, max: 3 }).map((n) => `v${n}`);
const OURS = fc.record({ phone: VALUE, website: VALUE }, { requiredKeys: [] });
const THEIRS = fc.record({ email: VALUE, name: VALUE }, { requiredKeys: [] });
const step = fc.oneof(
  fc.record({ do: fc.constant("write" as const), key: KEYS, fields: fc.option(OURS, { freq: 6 }) }),
  fc.record({ do: fc.constant("unheard" as const), key: KEYS, fields: OURS }),
  fc.record({ do: fc.constant("edit" as const), key: KEYS, fields: THEIRS }),
  fc.record({ do: fc.constant("post" as const), quantity: VALUE.map((value) => `${value.slice(1)}.50`) }),
  fc.record({ do: fc.constant("mishap" as const), how: fc.constantFrom("unknown-done", "unknown-lost", "duplicate") }),
  fc.record({ do: fc.constantFrom("push", "read", "spoil") }),
);

it("no history of a platform that keeps its promises breaks a law", () => {
  const property = fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const model = new ModelPlatform();
    for (const [n, one] of steps.entries()) {
      if (one.do === "write") model.write(one.key, one.fields);
      else if (one.do === "unheard") model.loseUnheard(one.key, one.fields);
      else if (one.do === "edit") model.edit(one.key, one.fields);
      else if (one.do === "post") model.post(`T${n}`, one.quantity);
      else if (one.do === "mishap") model.post(`T${n}`, "1", one.how);
      else if (one.do === "push") model.push();
      else if (one.do === "read") model.read();
      else model.spoil(`BAD${n}`);
    }
    const history = model.history();
    history.setup.limits.applied = 0;
    expect(check(history).violations).toEqual([]);
  });
  fc.assert(property, { numRuns: 500 });
});
