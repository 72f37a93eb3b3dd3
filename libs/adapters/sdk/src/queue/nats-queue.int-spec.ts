import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { testNats, type TestNats } from "@dovetail/testing";
import type { AdapterError } from "../errors";
import { NatsQueue } from "./nats-queue";

const bytes = (text: string) => Buffer.from(text);

describe("the queue client on NATS", () => {
  let server: TestNats;
  let queue: NatsQueue;
  beforeAll(async () => {
    server = await testNats();
    const nats = await connect({ servers: server.url });
    await (await jetstreamManager(nats)).streams.add({ name: "LOG", subjects: ["log.>"] });
    await nats.close();
    queue = new NatsQueue({ url: server.url });
  });
  afterAll(async () => {
    await queue.close();
    await server.stop();
  });

  it("reads a topic from a place on, past messages of others, and again the same", async () => {
    for (const name of ["a", "b", "a", "b", "a"]) await queue.publish(`log.${name}`, bytes(name));
    const read = async (from: number, limit = 10) =>
      (await queue.read("LOG", "log.a", from, limit)).map(({ place }) => place);
    expect([await read(1), await read(2), await read(1, 2), await read(6), await read(1)]).toEqual([
      [1, 3, 5],
      [3, 5],
      [1, 3],
      [],
      [1, 3, 5],
    ]);
    expect((await queue.last("LOG", "log.b"))?.place).toBe(4);
    expect(await queue.last("LOG", "log.c")).toBeUndefined();
  });

  it("keeps one message of one id, and refuses a second of a topic where the first is asked for", async () => {
    const one = await queue.publish("log.x", bytes("1"), { id: "X1" });
    expect((await queue.publish("log.x", bytes("2"), { id: "X1" })).place).toBe(one.place);
    await queue.publish("log.y", bytes("1"), { first: true });
    const again = queue.publish("log.y", bytes("2"), { first: true });
    await expect(again).rejects.toMatchObject({ category: "CONFLICT", sent: "no" } satisfies Partial<AdapterError>);
  });

  it("tells a missing stream, a subject that nobody keeps, and a broker that is away", async () => {
    await expect(queue.state("NONE")).rejects.toMatchObject({ category: "VALIDATION", code: "ERP008" });
    await expect(queue.publish("nowhere.x", bytes("1"))).rejects.toMatchObject({ category: "TRANSIENT", sent: "no" });
    await server.kill();
    await expect(queue.publish("log.z", bytes("1"))).rejects.toMatchObject({ category: "TRANSIENT" });
    await server.restart();
    const { last } = await queue.state("LOG");
    expect((await queue.publish("log.z", bytes("1"))).place).toBe(last + 1);
  });
});
