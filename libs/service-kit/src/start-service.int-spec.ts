import { Body, Controller, Get, HttpCode, Inject, Module, Param, Post, UnauthorizedException } from "@nestjs/common";
import { ProblemError } from "@dovetail/contracts";
import { Type } from "class-transformer";
import { IsInt, IsString, ValidateNested } from "class-validator";
import { connect } from "node:net";
import { addLogContext } from "./log-context";
import { createLogger, type Logger } from "./logger";
import { LOGGER, STOPPING } from "./kit-module";
import { startService, type Running, type ServiceOptions } from "./start-service";
import { currentTrace } from "./trace";

class Line {
  @IsInt() quantity!: number;
}

class Order {
  @IsString() number!: string;
  @IsString() apiPassword!: string;
  @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
}

let release: (() => void) | undefined;

@Controller("things")
class ThingController {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(STOPPING) private readonly stopping: AbortSignal,
  ) {}

  @Get("trace")
  trace(): unknown {
    addLogContext({ tenant: "demo" });
    this.logger.info({ apiPassword: "hunter2", at: "postgres://u:hunter2@localhost/x" }, "working");
    return { ...currentTrace(), stopping: this.stopping.aborted };
  }

  @Post()
  @HttpCode(200)
  create(@Body() order: Order): unknown {
    return { isOrder: order instanceof Order, lines: order.lines.length, traceId: currentTrace()?.traceId };
  }

  @Post("free")
  @HttpCode(200)
  free(@Body() body: unknown): unknown {
    return { body: body ?? null };
  }

  @Get("slow")
  async slow(): Promise<unknown> {
    await new Promise<void>((resolve) => (release = resolve));
    return { late: true };
  }

  @Get("fail/:how")
  fail(@Param("how") how: string): never {
    if (how === "limited") throw new ProblemError("LIMITED", "Wait.", { retryAfterSeconds: 2.5 });
    if (how === "login") throw new UnauthorizedException("no key");
    throw new Error("select secret from table");
  }
}

@Module({ controllers: [ThingController] })
class ThingModule {}

interface Started extends Running {
  lines: Record<string, unknown>[];
}

async function start(name: string, more: Partial<ServiceOptions> = {}): Promise<Started> {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const logger = createLogger({ service: name, level: "debug", destination });
  const config = { host: "127.0.0.1", port: 0 };
  const running = await startService({ name, module: ThingModule, config, logger, ...more });
  return { ...running, lines };
}

async function post(url: string, body: string | Uint8Array, type = "application/json"): Promise<Response> {
  return fetch(url, { method: "POST", body: body as string, headers: { "content-type": type } });
}

async function problem(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  return (await response.json()) as Record<string, unknown>;
}

describe("two services in one process", () => {
  let one: Started;
  let two: Started;
  let databaseUp = true;
  const stopped: string[] = [];

  beforeAll(async () => {
    const check = async (): Promise<void> => {
      if (!databaseUp) throw new Error("cannot reach postgres://run:hunter2@db/x");
    };
    one = await start("one", {
      checks: [
        { name: "database", check },
        { name: "bus", check: () => Promise.resolve(), required: false },
      ],
      http: { bodyLimit: 2048 },
      onStop: [() => void stopped.push("worker"), () => void stopped.push("pool")],
    });
    two = await start("two", {
      checks: [{ name: "hangs", check: () => new Promise<void>(() => undefined), timeoutMs: 20, required: false }],
    });
  });

  afterAll(async () => {
    await one?.stop();
    await two?.stop();
  });

  it("have their own port, log and metrics", async () => {
    expect(one.port).not.toBe(two.port);
    await fetch(`${one.url}/things/trace`);
    await fetch(`${two.url}/health/live`);
    const [first, second] = await Promise.all(
      [one, two].map(async (running) => (await fetch(`${running.url}/metrics`)).text()),
    );
    expect(first).toContain('route="/things/trace"');
    expect(first).toContain('service="one"');
    expect(second).not.toContain("/things/trace");
    expect(two.lines.every((line) => line["service"] === "two")).toBe(true);
    expect(one.lines.filter((line) => line["service"] !== "one")).toEqual([]);
    expect(one.lines.some((line) => line["context"] === "RouterExplorer")).toBe(true);
  });

  it("continue the caller's trace and put it, the tenant and no secret into log lines", async () => {
    const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    const response = await fetch(`${one.url}/things/trace`, {
      headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    });
    expect(await response.json()).toMatchObject({ traceId, parentSpanId: "00f067aa0ba902b7", stopping: false });
    const mine = one.lines.filter((line) => line["traceId"] === traceId);
    expect(mine.map((line) => line["msg"])).toEqual(["working", "request"]);
    expect(mine[1]).toMatchObject({ tenant: "demo", method: "GET", route: "/things/trace", status: 200 });
    expect(JSON.stringify(one.lines)).not.toContain("hunter2");
  });

  it("turn a body into its class and keep the trace after the body was read", async () => {
    const response = await post(
      `${one.url}/things`,
      '{"number":"1","apiPassword":"x","lines":[{"quantity":1}]}',
      "application/merge-patch+json",
    );
    expect(await response.json()).toEqual({
      isOrder: true,
      lines: 1,
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it("list every invalid field as ERP008, values of secrets masked", async () => {
    const body = { number: 7, apiPassword: 12345, lines: [{ quantity: 1 }, { quantity: "x", extra: 1 }], more: [1] };
    const response = await post(`${one.url}/things`, JSON.stringify(body));
    expect(response.status).toBe(422);
    const document = await problem(response);
    expect(document).toMatchObject({
      type: "/problems/ERP008",
      code: "ERP008",
      status: 422,
      instance: "/things",
      retryable: false,
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      resolution: expect.any(String),
    });
    const errors = document["errors"] as { field: string; rule: string; value: unknown }[];
    const byField = Object.fromEntries(errors.map((error) => [`${error.field} ${error.rule}`, error.value]));
    expect(byField).toEqual({
      "number isString": 7,
      "apiPassword isString": "***",
      "lines[1].quantity isInt": "x",
      "lines[1].extra unknownMember": 1,
      "more unknownMember": "[…]",
    });
  });

  it("refuse a list and a text where an object belongs", async () => {
    for (const body of ["[]", "[{}]", '"x"', "7", "null"]) {
      const response = await post(`${one.url}/things`, body);
      expect([body, response.status]).toEqual([body, 422]);
    }
  });

  it.each([
    ["broken JSON", '{"apiPassword": hunter2}', "application/json", 400, "ERP008"],
    ["bytes that are not UTF-8", Uint8Array.of(0x22, 0xff, 0x22), "application/json", 400, "ERP008"],
    ["nesting beyond the limit", "[".repeat(65) + "]".repeat(65), "application/json", 400, "ERP008"],
    ["a prototype member", '{"\\u005f_proto__":{"a":1}}', "application/json", 400, "ERP008"],
    ["a large body", JSON.stringify("x".repeat(3000)), "application/json", 413, "TOO_LARGE"],
    ["another content type", "a=b", "application/x-www-form-urlencoded", 415, "UNSUPPORTED"],
  ])("refuse %s", async (_, body, type, status, code) => {
    const response = await post(`${one.url}/things/free`, body, type);
    expect(response.status).toBe(status);
    const document = await problem(response);
    expect(document).toMatchObject({ code, status });
    expect(JSON.stringify(document)).not.toContain("hunter2");
  });

  it("take 64 levels, brackets inside strings and an empty body", async () => {
    const deep = "[".repeat(64) + "]".repeat(64);
    expect((await post(`${one.url}/things/free`, deep)).status).toBe(200);
    const text = JSON.stringify(`\\"${"[".repeat(100)}`);
    expect(await (await post(`${one.url}/things/free`, `{"a":${text}}`)).json()).toEqual({
      body: { a: JSON.parse(text) as string },
    });
    expect(await (await post(`${one.url}/things/free`, "")).json()).toEqual({ body: null });
  });

  it("answer unknown routes and addresses that cannot be decoded", async () => {
    const unknown = await fetch(`${one.url}/nowhere?token=x`);
    expect(unknown.status).toBe(404);
    expect(await problem(unknown)).toMatchObject({ code: "NOT_FOUND", instance: "/nowhere" });
    const bad = await fetch(`${one.url}/things/%ff`);
    expect(bad.status).toBe(400);
    expect(await problem(bad)).toMatchObject({ code: "ERP008", traceId: expect.any(String) });
  });

  it("send the headers that belong to a problem", async () => {
    const limited = await fetch(`${one.url}/things/fail/limited`);
    expect(limited.status).toBe(429);
    expect(limited.headers.get("retry-after")).toBe("3");
    expect(await problem(limited)).toMatchObject({ code: "LIMITED", retryable: true, retryAfterSeconds: 2.5 });
    const login = await fetch(`${one.url}/things/fail/login`);
    expect(login.headers.get("www-authenticate")).toBe("Bearer");
    expect(await problem(login)).toMatchObject({ code: "AUTH_REQUIRED", status: 401 });
  });

  it("keep an unexpected error to the log", async () => {
    const response = await fetch(`${one.url}/things/fail/hard`);
    expect(response.status).toBe(500);
    const document = await problem(response);
    expect(document).toMatchObject({ code: "INTERNAL" });
    expect(JSON.stringify(document)).not.toContain("select");
    const line = one.lines.find((entry) => entry["traceId"] === document["traceId"] && entry["err"] !== undefined);
    expect(line).toMatchObject({ level: "error", err: { message: "select secret from table" } });
  });

  it("say whether they live and whether they are ready", async () => {
    expect((await fetch(`${one.url}/health/live`)).status).toBe(200);
    expect(await (await fetch(`${one.url}/health/ready`)).json()).toMatchObject({ status: "ok" });
    databaseUp = false;
    const down = await fetch(`${one.url}/health/ready`);
    expect(down.status).toBe(503);
    const text = await down.text();
    expect(JSON.parse(text)).toMatchObject({ status: "error", checks: [{ name: "database", status: "down" }, {}] });
    expect(text).not.toContain("hunter2");
    const degraded = await fetch(`${two.url}/health/ready`);
    expect(degraded.status).toBe(200);
    expect(await degraded.json()).toMatchObject({ status: "degraded", checks: [{ error: "no answer in 20 ms" }] });
  });

  it("stop in order: the last answer leaves, hooks run, new connections are refused, the other goes on", async () => {
    const slow = fetch(`${one.url}/things/slow`);
    await until(() => release !== undefined);
    const idle = connect(one.port, "127.0.0.1");
    const ended = new Promise<void>((resolve) => idle.once("close", () => resolve()));
    idle.on("error", () => undefined);
    await new Promise<void>((resolve) => idle.once("connect", () => resolve()));
    const stop = one.stop();
    await until(
      async () =>
        !(await fetch(`${one.url}/health/live`).then(
          () => true,
          () => false,
        )),
    );
    expect(stopped).toEqual([]);
    release?.();
    expect(await (await slow).json()).toEqual({ late: true });
    await stop;
    await ended;
    expect(stopped).toEqual(["worker", "pool"]);
    expect(one.stop()).toBe(stop);
    expect((await fetch(`${two.url}/things/trace`)).status).toBe(200);
  });
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error("the condition did not come true");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
