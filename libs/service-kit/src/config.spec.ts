import { ConfigError, defineConfig } from "./config";
import { boolean, duration, integer, oneOf, optional, port, secret, string, url } from "./config-fields";

const definition = defineConfig({
  PORT: port(3001),
  DATABASE_URL: url({ protocols: ["postgres", "postgresql"] }),
  MASTER_KEY: secret({ minLength: 16 }),
  NAME: string({ pattern: /^[a-z]+$/ }),
  WORKERS: integer({ min: 1, max: 64, default: 4 }),
  LOG_LEVEL: oneOf(["info", "debug"], "info"),
  DEMO: boolean(false),
  DRAIN: duration("10s"),
  PROXY: optional(string()),
});

const GOOD = { DATABASE_URL: "postgres://u:hunter2@localhost/d", MASTER_KEY: "hunter2hunter2hunter2", NAME: "gateway" };

function faultsOf(env: Record<string, string | undefined>): ConfigError {
  try {
    definition.load(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  throw new Error("no ConfigError");
}

describe("configuration", () => {
  it("gives typed, frozen values with their defaults", () => {
    const values = definition.load({ ...GOOD, DEMO: "Yes", DRAIN: "1500ms", PORT: " 0 " });
    const typed: { port: number; level: "info" | "debug"; proxy: string | undefined } = {
      port: values.PORT,
      level: values.LOG_LEVEL,
      proxy: values.PROXY,
    };
    expect(typed).toEqual({ port: 0, level: "info", proxy: undefined });
    expect(values).toMatchObject({ WORKERS: 4, DEMO: true, DRAIN: 1500, NAME: "gateway" });
    expect(values.MASTER_KEY.reveal()).toBe(GOOD.MASTER_KEY);
    expect(Object.isFrozen(values)).toBe(true);
    expect(definition.load(GOOD).DRAIN).toBe(10_000);
  });

  it("names every bad variable with what is wrong and what is expected, and shows no secret", () => {
    const error = faultsOf({
      PORT: "70000",
      DATABASE_URL: "mysql://u:hunter2@localhost/d",
      MASTER_KEY: "hunter2",
      WORKERS: "1.5",
      LOG_LEVEL: "loud",
      DEMO: "perhaps",
      DRAIN: "10 seconds",
    });
    expect(error.faults.map((fault) => fault.name)).toEqual([
      "PORT",
      "DATABASE_URL",
      "MASTER_KEY",
      "NAME",
      "WORKERS",
      "LOG_LEVEL",
      "DEMO",
      "DRAIN",
    ]);
    expect(error.message).toContain("PORT is 70000, outside 0 to 65535; expected a whole number from 0 to 65535");
    expect(error.message).toContain("NAME is not set; expected a text matching ^[a-z]+$");
    expect(error.message).toContain(
      'DRAIN is "10 seconds"; expected a duration such as 500ms, 30s, 5m, 1h or 7d (default 10s)',
    );
    expect(error.message).toContain("DATABASE_URL starts with mysql:");
    expect(error.message).not.toContain("hunter2");
  });

  it.each([
    ["a URL that is none", { ...GOOD, DATABASE_URL: "hunter2" }, "DATABASE_URL is not an absolute URL"],
    ["a blank text", { ...GOOD, NAME: "  " }, "NAME is not set"],
    ["a number beyond the safe ones", { ...GOOD, WORKERS: "9999999999999999" }, "not a whole number"],
  ])("refuses %s", (_, env, message) => {
    expect(faultsOf(env).message).toContain(message);
  });
});
