import type { EntityName } from "@dovetail/domain";
import { type Category, RETRY_TABLE } from "@dovetail/adapter-sdk";
import type { ConformanceHarness, FaultKind } from "../harness";
import { read } from "./reading";
import { type AdapterRule, failureOf, must, mustBe, withSession } from "./rule";

const EXPECTED: Readonly<Record<Exclude<FaultKind, "hang">, Category>> = {
  rateLimit: "RATE_LIMIT",
  auth: "AUTH",
  validation: "VALIDATION",
  notFound: "NOT_FOUND",
  conflict: "CONFLICT",
  server: "SERVER",
  unavailable: "TRANSIENT",
  reset: "TRANSIENT",
  cutOff: "TRANSIENT",
};

function readable({ adapter, entities }: ConformanceHarness): EntityName | undefined {
  return entities.find((entity) => adapter.entities[entity]?.pull);
}

function lacks(kind: FaultKind) {
  return (harness: ConformanceHarness): string | undefined => {
    if (!harness.faults?.kinds.includes(kind)) return `the ERP cannot be made to fail with ${kind}`;
    return readable(harness) ? undefined : "nothing to pull";
  };
}

function failsAs(kind: keyof typeof EXPECTED): AdapterRule {
  const category = EXPECTED[kind];
  return {
    name: `${kind} is ${category}, and the session goes on afterwards`,
    unless: lacks(kind),
    check: (harness) =>
      withSession(harness, async (session) => {
        const entity = readable(harness) as EntityName;
        await harness.seed(entity, 1);
        await harness.faults?.fail(kind);
        const error = await failureOf(read(harness, session, entity), `a pull meeting ${kind}`);
        mustBe(error, category, `a pull meeting ${kind}`);
        must(error.code in CODES, `code ${error.code} is not known`);
        await harness.faults?.clear();
        await read(harness, session, entity);
      }),
  };
}

const CODES: Readonly<Record<string, true>> = Object.fromEntries(
  [...Object.values(RETRY_TABLE).map(({ code }) => code), "ERP003", "ERP004", "STALE", "TOO_LARGE"].map((code) => [
    code,
    true,
  ]),
);

const retryAfter: AdapterRule = {
  name: "hands on how long the ERP asks to wait",
  unless: lacks("rateLimit"),
  check: (harness) =>
    withSession(harness, async (session) => {
      const entity = readable(harness) as EntityName;
      await harness.faults?.fail("rateLimit", { retryAfterSeconds: 7 });
      const error = await failureOf(read(harness, session, entity), "a pull meeting rateLimit");
      must(error.retryAfterMs === 7000, `asked to wait 7 s, retryAfterMs is ${error.retryAfterMs}`);
    }),
};

const midPull: AdapterRule = {
  name: "a failure between pages is thrown, never taken for the end",
  unless: lacks("server"),
  check: (harness) =>
    withSession(harness, async (session) => {
      const entity = readable(harness) as EntityName;
      await harness.seed(entity, 5);
      const between = (_: unknown, index: number) => (index === 0 ? harness.faults?.fail("server") : undefined);
      await failureOf(read(harness, session, entity, { pageSize: 2, between }), "a pull failing after its first page");
    }),
};

const STATUSES: readonly [number, Category][] = [
  [401, "AUTH"],
  [408, "TRANSIENT"],
  [429, "RATE_LIMIT"],
  [502, "TRANSIENT"],
  [503, "TRANSIENT"],
  [504, "TRANSIENT"],
];

const classifies: AdapterRule = {
  name: "classifies transport statuses and never gives up on an unknown failure",
  check: async ({ adapter }) => {
    for (const [status, category] of STATUSES) {
      const verdict = adapter.classify({ status });
      must(verdict.category === category, `status ${status} is classified ${verdict.category} instead of ${category}`);
    }
    for (const input of [{}, { status: 599 }, { bodyCode: "never heard of" }, { cause: new Error("x") }]) {
      const { category, code } = adapter.classify(input);
      must(category in RETRY_TABLE, `${JSON.stringify(input)} is classified ${category}`);
      must(code in CODES, `${JSON.stringify(input)} has code ${code}`);
      must(
        RETRY_TABLE[category].calls > 1,
        `the unknown failure ${JSON.stringify(input)} is classified ${category}: final`,
      );
    }
  },
};

const ownClassifications: AdapterRule = {
  name: "classifies the ERP's own errors",
  unless: ({ classifications }) => (classifications ? undefined : "the harness names none"),
  check: async ({ adapter, classifications = [] }) => {
    for (const { input, category } of classifications) {
      const verdict = adapter.classify(input);
      must(
        verdict.category === category,
        `${JSON.stringify(input)} is classified ${verdict.category}, not ${category}`,
      );
    }
  },
};

const abortsHanging: AdapterRule = {
  name: "an abort ends a call that hangs",
  unless: lacks("hang"),
  check: async (harness) => {
    const stop = new AbortController();
    const entity = readable(harness) as EntityName;
    await harness.seed(entity, 1);
    const hanging = async (session: unknown) => {
      await harness.faults?.fail("hang");
      setTimeout(() => stop.abort(new Error("stopping")), 20);
      await failureOf(read(harness, session, entity), "a hanging pull that was aborted", 2000);
    };
    await withSession(harness, hanging, { signal: stop.signal });
  },
};

const abortsAtOnce: AdapterRule = {
  name: "an aborted session makes no further call",
  unless: (harness) => (readable(harness) ? undefined : "nothing to pull"),
  check: async (harness) => {
    const stop = new AbortController();
    const entity = readable(harness) as EntityName;
    await harness.seed(entity, 5);
    const between = () => stop.abort(new Error("stopping"));
    const reading = (session: unknown) => read(harness, session, entity, { pageSize: 2, between });
    const attempt = withSession(harness, reading, { signal: stop.signal });
    await failureOf(attempt, "a pull aborted after its first page");
  },
};

export const failureRules: readonly AdapterRule[] = [
  ...(Object.keys(EXPECTED) as (keyof typeof EXPECTED)[]).map(failsAs),
  retryAfter,
  midPull,
  classifies,
  ownClassifications,
  abortsHanging,
  abortsAtOnce,
];
