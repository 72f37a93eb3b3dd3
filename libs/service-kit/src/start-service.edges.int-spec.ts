import { Body, Controller, Get, HttpCode, Inject, Module, Post, Req } from "@nestjs/common";
import { signHmac } from "@dovetail/crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { STOPPING } from "./kit-module";
import { createLogger } from "./logger";
import { startService, type Running, type ServiceOptions } from "./start-service";

class Empty {}

let waiting = 0;

@Controller()
class EdgeController {
  constructor(@Inject(STOPPING) private readonly stopping: AbortSignal) {}

  @Post("signed")
  @HttpCode(200)
  signed(@Req() request: FastifyRequest & { rawBody?: Buffer }): unknown {
    return { signature: signHmac("key", request.rawBody ?? ""), body: request.body };
  }

  @Post("empty")
  @HttpCode(200)
  empty(@Body() body: Empty): unknown {
    return { body };
  }

  @Get("until-stop")
  async untilStop(): Promise<unknown> {
    waiting++;
    await new Promise<void>((resolve) => this.stopping.addEventListener("abort", () => resolve()));
    return { ended: true };
  }

  @Get("never")
  never(): Promise<unknown> {
    waiting++;
    return new Promise(() => undefined);
  }
}

@Module({ controllers: [EdgeController] })
class EdgeModule {}

const lines: string[] = [];
const logger = createLogger({ service: "edge", destination: { write: (line: string) => void lines.push(line) } });
const started: Running[] = [];

async function start(more: Partial<ServiceOptions> = {}): Promise<Running> {
  const config = { host: "127.0.0.1", port: 0 };
  const running = await startService({ name: "edge", module: EdgeModule, config, logger, ...more });
  started.push(running);
  return running;
}

afterAll(async () => {
  await Promise.allSettled(started.map((running) => running.stop()));
});

describe("a service's edges", () => {
  it("keeps the bytes of a body and takes content types that a plugin adds", async () => {
    const plugin = (instance: FastifyInstance): void => {
      instance.addContentTypeParser("text/xml", { parseAs: "string" }, (_request, body, done) =>
        done(null, { xml: body }),
      );
    };
    const { url } = await start({ http: { rawBody: true }, fastifyPlugins: [plugin] });
    const body = '{ "a":  1.0 }';
    const send = async (type: string, text: string): Promise<unknown> =>
      (await fetch(`${url}/signed`, { method: "POST", body: text, headers: { "content-type": type } })).json();
    expect(await send("application/json; charset=utf-8", body)).toEqual({
      signature: signHmac("key", body),
      body: { a: 1 },
    });
    expect(await send("text/xml", "<a/>")).toMatchObject({ body: { xml: "<a/>" } });
  });

  it("takes nothing but an empty object where a class has no field", async () => {
    const { url } = await start();
    const send = (body: string): Promise<Response> =>
      fetch(`${url}/empty`, { method: "POST", body, headers: { "content-type": "application/json" } });
    expect((await send("{}")).status).toBe(200);
    expect((await send("")).status).toBe(200);
    const refused = await send('{"a":1}');
    expect(await refused.json()).toMatchObject({ status: 422, errors: [{ field: "a", rule: "unknownMember" }] });
  });

  it("rejects, and ends nothing else, when its port is taken or its module cannot be made", async () => {
    const { port, url } = await start();
    await expect(start({ config: { host: "127.0.0.1", port } })).rejects.toMatchObject({ code: "EADDRINUSE" });
    @Module({ providers: [{ provide: "X", useFactory: () => Promise.reject(new Error("no X")) }] })
    class Broken {}
    await expect(start({ module: Broken })).rejects.toThrow("no X");
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  it("lets long answers end on the signal and cuts those that do not in time", async () => {
    const running = await start({ http: { drainMs: 50 } });
    const polite = fetch(`${running.url}/until-stop`).then((response) => response.json());
    const rude = fetch(`${running.url}/never`).then(
      () => "answered",
      () => "cut",
    );
    const deadline = Date.now() + 5000;
    while (waiting < 2 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
    await running.stop();
    expect(await polite).toEqual({ ended: true });
    expect(await rude).toBe("cut");
  });

  it("refuses an address with NUL in its path or query", async () => {
    const running = await start();
    for (const place of ["/empty%00", "/never?x=%00", "/%00"]) {
      const answer = await fetch(running.url + place);
      expect([answer.status, await answer.json()]).toMatchObject([400, { code: "ERP008" }]);
    }
  });

  it("lets any number of streams wait for the stop without a warning", async () => {
    const warnings: Error[] = [];
    const keep = (warning: Error): void => void warnings.push(warning);
    process.on("warning", keep);
    const running = await start();
    const before = waiting;
    const streams = Array.from({ length: 12 }, () =>
      fetch(`${running.url}/until-stop`).then((answer) => answer.json()),
    );
    const deadline = Date.now() + 5000;
    while (waiting < before + 12 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
    await running.stop();
    expect(await Promise.all(streams)).toHaveLength(12);
    process.off("warning", keep);
    expect(warnings).toEqual([]);
  });

  it("runs every step of stopping, says which failed and rejects", async () => {
    const steps: string[] = [];
    const running = await start({
      onStop: [() => Promise.reject(new Error("stuck")), () => void steps.push("second")],
    });
    await expect(running.stop()).rejects.toThrow("did not stop cleanly");
    expect(steps).toEqual(["second"]);
    expect(lines.join("")).toContain("stuck");
    await expect(fetch(`${running.url}/health/live`)).rejects.toThrow();
  });
});
