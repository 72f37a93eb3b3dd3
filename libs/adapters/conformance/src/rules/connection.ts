import { inspect } from "node:util";
import { secretsOf } from "@dovetail/adapter-sdk";
import type { ConformanceHarness } from "../harness";
import { type AdapterRule, failureOf, must, mustBe, withSession } from "./rule";

const testWorks: AdapterRule = {
  name: "test() names the product",
  check: (harness) =>
    withSession(harness, async (session) => {
      const info = await harness.adapter.test(session);
      must(info.product.trim() !== "", "test() answers without a product");
    }),
};

function mustHideSecrets(harness: ConformanceHarness, error: unknown): void {
  const text = inspect(error, { depth: 8 });
  for (const secret of secretsOf(harness.adapter.connection, harness.config)) {
    must(secret.length < 3 || !text.includes(secret), "the error shows a secret of the connection");
  }
}

const wrongPassword: AdapterRule = {
  name: "a wrong password is AUTH, ERP002",
  applies: ({ adapter }) => adapter.auth.some((method) => method !== "NONE"),
  unless: ({ config }) => (config["authMethod"] === "NONE" ? "this connection has no account" : undefined),
  check: async (harness) => {
    const attempt = withSession(harness, (session) => harness.adapter.test(session), { as: "wrongPassword" });
    const error = await failureOf(attempt, "test() with a wrong password");
    mustBe(error, "AUTH", "test() with a wrong password");
    must(error.code === "ERP002", `a wrong password has code ${error.code}`);
    mustHideSecrets(harness, error);
  },
};

const unreachable: AdapterRule = {
  name: "an unreachable ERP is TRANSIENT, ERP001, and surely had no effect",
  check: async (harness) => {
    const attempt = withSession(harness, (session) => harness.adapter.test(session), { as: "unreachable" });
    const error = await failureOf(attempt, "test() of an unreachable ERP");
    mustBe(error, "TRANSIENT", "test() of an unreachable ERP");
    must(error.code === "ERP001", `an unreachable ERP has code ${error.code}`);
    must(error.sent === "no", "a request that never left is said to have been sent");
    mustHideSecrets(harness, error);
  },
};

const readsNotices: AdapterRule = {
  name: "reads inbound notices",
  applies: ({ adapter }) => adapter.webhook !== undefined,
  unless: ({ notices }) => (notices ? undefined : "the harness has no notices"),
  check: async ({ adapter, notices = [] }) => {
    for (const { body, headers, expected } of notices) {
      const read = JSON.stringify(adapter.webhook?.read(body, headers));
      must(read === JSON.stringify(expected), `a notice was read as ${read} instead of ${JSON.stringify(expected)}`);
    }
  },
};

const refusesBrokenNotices: AdapterRule = {
  name: "a notice that cannot be read is VALIDATION",
  applies: ({ adapter }) => adapter.webhook !== undefined,
  check: async ({ adapter }) => {
    for (const text of ["", "{", "null", '{"entity":"NoSuchEntity"}']) {
      const reading = async () => adapter.webhook?.read(Buffer.from(text), {});
      mustBe(await failureOf(reading(), `reading the notice ${text}`), "VALIDATION", `reading the notice ${text}`);
    }
  },
};

export const connectionRules: readonly AdapterRule[] = [
  testWorks,
  wrongPassword,
  unreachable,
  readsNotices,
  refusesBrokenNotices,
];
