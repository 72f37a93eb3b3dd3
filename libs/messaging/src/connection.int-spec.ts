import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { testNats, type TestNats } from "@dovetail/testing";
import { Bus } from "./bus";
import { BrokerUnfitError } from "./connection";

/** Speaks just enough of the protocol to be connected to. */
async function smallBroker(maxPayload: number): Promise<Server> {
  const info = { server_id: "small", version: "2.10.0", proto: 1, headers: true, max_payload: maxPayload };
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.write(`INFO ${JSON.stringify(info)}\r\n`);
    socket.on("data", (data) => data.includes("PING") && socket.write("PONG\r\n"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

describe("joining the bus", () => {
  let nats: TestNats;
  beforeAll(async () => {
    nats = await testNats({
      users: [{ user: "gateway", password: "right", subscribe: ["_INBOX_gateway.>", "dovetail.gateway.>"] }],
    });
  });
  afterAll(() => nats.stop());

  it("says at once that the broker refuses the user", async () => {
    const started = performance.now();
    await expect(Bus.connect({ url: nats.url, name: "gateway", user: "gateway", pass: "wrong" })).rejects.toThrow(
      /authorization/i,
    );
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it("receives answers under its own inbox prefix", async () => {
    const who = { url: nats.url, name: "gateway", user: "gateway", pass: "right" };
    const bus = await Bus.connect({ ...who, inboxPrefix: "_INBOX_gateway" });
    bus.subscribeRaw("dovetail.gateway.echo", "gateway", async ({ json }) => json);
    const answer = await bus.connection.request("dovetail.gateway.echo", `{"a":1}`);
    expect(answer.json()).toEqual({ a: 1 });
    await bus.close();
  });

  it("does not work with a broker that lets through less than 4 MB", async () => {
    const server = await smallBroker(1_048_576);
    const { port } = server.address() as AddressInfo;
    await expect(Bus.connect({ url: `nats://127.0.0.1:${port}`, name: "gateway" })).rejects.toThrow(BrokerUnfitError);
    server.close();
  });

  it("gives up after the time for the first connection", async () => {
    const server = await smallBroker(1);
    const { port } = server.address() as AddressInfo;
    server.close();
    await expect(Bus.connect({ url: `nats://127.0.0.1:${port}`, name: "gateway", connectMs: 300 })).rejects.toThrow();
  });
});
