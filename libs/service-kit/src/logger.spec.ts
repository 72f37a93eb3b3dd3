import { Secret } from "@dovetail/crypto";
import { addLogContext, withLogContext } from "./log-context";
import { createLogger, type Logger, type LogLevel } from "./logger";
import { NestLogger } from "./nest-logger";
import { isSecretName, maskText } from "./redaction";
import { withScope } from "./scope";
import { newTrace, withTrace } from "./trace";

type Line = Record<string, unknown>;

function capture(service = "test", level: LogLevel = "trace"): { logger: Logger; lines: Line[] } {
  const lines: Line[] = [];
  const destination = { write: (text: string) => void lines.push(JSON.parse(text) as Line) };
  return { logger: createLogger({ service, level, destination }), lines };
}

describe("logger", () => {
  it("writes JSON with the service, the fields of the running work and its trace", async () => {
    const { logger, lines } = capture();
    const trace = newTrace();
    await withTrace(trace, () =>
      withLogContext({ tenant: "demo", job: "j1" }, async () => {
        await Promise.resolve();
        addLogContext({ operation: "pull" });
        logger.info({ count: 3 }, "page");
        withLogContext({ job: "j2" }, () => logger.warn("inner"));
      }),
    );
    logger.error("outside");
    addLogContext({ tenant: "nobody" });
    expect(lines).toEqual([
      expect.objectContaining({
        service: "test",
        level: "info",
        tenant: "demo",
        job: "j1",
        operation: "pull",
        traceId: trace.traceId,
        count: 3,
        msg: "page",
        time: expect.stringMatching(/^\d{4}-.*Z$/),
      }),
      expect.objectContaining({ job: "j2", operation: "pull", tenant: "demo" }),
      { level: "error", time: expect.any(String), service: "test", msg: "outside" },
    ]);
  });

  it("shows no secret: names, Secret values, URLs, bearer tokens, API keys, errors and their causes", () => {
    const { logger, lines } = capture();
    const cause = Object.assign(new Error("at postgres://run:hunter2@db/x"), { password: "hunter2" });
    const circular: Record<string, unknown> = { apiPassword: "hunter2" };
    circular["self"] = circular;
    logger.info(
      { key: new Secret("hunter2"), nested: [{ client_secret: "hunter2", Authorization: "hunter2" }], circular },
      "sent Bearer hunter2hunter2 to https://u:hunter2@erp/ with dvk_abcdefabcdef_hunter2",
    );
    logger.error(new Error("outer", { cause }));
    logger.error({ err: new Error("outer", { cause }), big: 10n, bytes: Buffer.from("hunter2") }, "failed");
    expect(lines).toHaveLength(3);
    expect(JSON.stringify(lines)).not.toContain("hunter2");
    expect(JSON.stringify(lines[2])).toContain('"message":"at postgres://run:***@db/x"');
    expect(lines[2]).toMatchObject({
      big: "10",
      bytes: "[7 bytes]",
      err: { type: "Error", stack: expect.any(String) },
    });
  });

  it("writes nothing below its level", () => {
    const { logger, lines } = capture("test", "error");
    logger.warn("x");
    expect(lines).toEqual([]);
  });

  it("gives Nest's lines to the service that works", () => {
    const [one, two] = [capture("one"), capture("two")];
    const nest = new NestLogger(one.logger);
    nest.log("started", "Router");
    withScope({ logger: two.logger }, () => nest.error("broken", "the stack", "Module"));
    nest.error(new Error("thrown"));
    expect(one.lines).toMatchObject([
      { service: "one", context: "Router", level: "debug" },
      { err: { message: "thrown" } },
    ]);
    expect(two.lines).toMatchObject([{ service: "two", context: "Module", stack: "the stack", msg: "broken" }]);
  });
});

describe("names of secrets", () => {
  it.each([
    "password",
    "apiPassword",
    "API_TOKEN",
    "clientSecret",
    "Authorization",
    "set-cookie",
    "privateKey",
    "token",
  ])("%s is one", (name) => expect(isSecretName(name)).toBe(true));

  it.each(["tokenEndpoint", "name", "key", "keyPrefix", "authMethod", "passing", "apiUsername"])("%s is none", (name) =>
    expect(isSecretName(name)).toBe(false),
  );

  it("leaves texts without secrets alone", () => {
    const text = "GET https://erp.example/a?b=c at 12:30@noon, bearer of news";
    expect(maskText(text)).toBe(text);
  });
});
