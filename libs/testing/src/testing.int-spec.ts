import { existsSync } from "node:fs";
import { connect as connectNats } from "@nats-io/transport-node";
import { connect, createServer, type AddressInfo } from "node:net";
import { jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
import { eventually, FakeClock, FaultProxy, temporaryFolder, testNats } from "./index";

describe("testNats", () => {
  it("keeps streams over a kill and a restart, loses them when wiped, and removes its folder", async () => {
    const nats = await testNats();
    const withStreams = async <T>(fn: (manager: JetStreamManager) => Promise<T>): Promise<T> => {
      const connection = await connectNats({ servers: nats.url });
      try {
        return await fn(await jetstreamManager(connection));
      } finally {
        await connection.close();
      }
    };
    const name = () => withStreams(async (manager) => (await manager.streams.info("S")).config.name);
    await withStreams((manager) => manager.streams.add({ name: "S", subjects: ["s.>"] }));
    await nats.kill();
    await nats.restart();
    expect(await name()).toBe("S");
    await nats.restart({ wipe: true });
    await expect(name()).rejects.toThrow("stream not found");
    await nats.stop();
  });

  it("reloads users while it runs", async () => {
    const nats = await testNats({ users: [{ user: "a", password: "1" }] });
    const as = (user: string, pass: string) => connectNats({ servers: nats.url, user, pass, reconnect: false });
    await (await as("a", "1")).close();
    await expect(as("b", "2")).rejects.toThrow();
    await nats.reload([{ user: "b", password: "2", publish: [], subscribe: ["b.>"] }]);
    await expect(as("a", "1")).rejects.toThrow();
    await (await as("b", "2")).close();
    await nats.stop();
  });
});

describe("FakeClock", () => {
  it("wakes sleepers in order, with the time they asked for", async () => {
    const clock = new FakeClock(1000);
    const woken: string[] = [];
    const sleeper = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push(`${name}@${clock.now()}`);
    };
    void sleeper("b", 200).then(() => sleeper("c", 50));
    void sleeper("a", 100);
    await clock.advance(99);
    expect(woken).toEqual([]);
    await clock.advance(200);
    expect(woken).toEqual(["a@1100", "b@1200", "c@1250"]);
    expect([clock.now(), clock.monotonic(), clock.waiting]).toEqual([1299, 299, 0]);
  });

  it("ends a sleep when its signal aborts", async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    const sleep = clock.sleep(10, abort.signal);
    abort.abort(new Error("stop"));
    await expect(sleep).rejects.toThrow("stop");
    expect(clock.waiting).toBe(0);
  });
});

describe("FaultProxy", () => {
  it("passes, delays, swallows and cuts", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.pipe(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const proxy = await FaultProxy.start({ port: (server.address() as AddressInfo).port });
    const client = connect(proxy.port, "127.0.0.1");
    let heard = "";
    let closed = false;
    client.on("data", (data) => (heard += data)).on("error", () => undefined);
    client.on("close", () => (closed = true));
    client.write("1");
    await eventually(() => expect(heard).toBe("1"));
    proxy.delay(30);
    client.write("2");
    proxy.delay(0);
    client.write("3");
    await eventually(() => expect(heard).toBe("123"));
    proxy.halfOpen();
    client.write("4");
    await eventually(() => client.bytesWritten === 4);
    expect(closed).toBe(false);
    proxy.pass();
    await eventually(() => closed);
    expect(heard).toBe("123");
    expect(proxy.bytes).toEqual({ toServer: 3, toClient: 3 });
    proxy.cut();
    const refused = connect(proxy.port, "127.0.0.1");
    await new Promise<void>((resolve) => refused.on("error", () => undefined).on("close", () => resolve()));
    expect(proxy.connections).toBe(2);
    await proxy.stop();
    server.close();
  });
});

it("FaultProxy hands a delayed answer on whole although the server has ended the connection", async () => {
  const server = createServer((socket) => {
    socket.on("error", () => undefined).once("data", () => socket.end("answer"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy = await FaultProxy.start({ port: (server.address() as AddressInfo).port });
  proxy.delay(30);
  const client = connect(proxy.port, "127.0.0.1");
  let heard = "";
  client.on("data", (data) => (heard += data)).write("ask");
  await new Promise<void>((resolve, reject) => client.on("error", reject).on("close", () => resolve()));
  expect(heard).toBe("answer");
  await proxy.stop();
  server.close();
});

it("FaultProxy holds one piece back that matches, and what comes behind it", async () => {
  const server = createServer((socket) => void socket.on("error", () => undefined).pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy = await FaultProxy.start({ port: (server.address() as AddressInfo).port });
  const client = connect(proxy.port, "127.0.0.1");
  let heard = "";
  client.on("error", () => undefined).on("data", (data) => (heard += String(data)));
  const held = proxy.holdOne(/second/, 300);
  client.write("first ");
  await eventually(() => expect(heard).toBe("first "));
  client.write("second ");
  await held;
  const from = performance.now();
  client.write("third");
  await eventually(() => expect(heard).toBe("first second third"));
  expect(performance.now() - from).toBeGreaterThan(250);
  client.destroy();
  await proxy.stop();
  server.close();
});

it("FaultProxy breaks a connection once, after so many bytes to the client", async () => {
  const server = createServer((socket) => {
    socket.on("error", () => undefined).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy = await FaultProxy.start({ port: (server.address() as AddressInfo).port });
  const ask = (text: string) =>
    new Promise<string>((resolve) => {
      const client = connect(proxy.port, "127.0.0.1");
      client.on("error", () => undefined).on("close", () => resolve("broken"));
      client.once("data", (data) => (resolve(String(data)), client.destroy())).write(text);
    });
  let broken = false;
  const breaking = proxy.breakAfter(5).then(() => (broken = true));
  expect([await ask("four"), broken]).toEqual(["four", false]);
  expect(await ask("five+")).toBe("broken");
  await breaking;
  expect(await ask("again")).toBe("again");
  await proxy.stop();
  server.close();
});

it("temporaryFolder makes folders that exist", () => {
  expect(existsSync(temporaryFolder("x"))).toBe(true);
});

it("eventually throws the last error after its time", async () => {
  await expect(eventually(() => false, { timeoutMs: 20 })).rejects.toThrow("stayed false");
});
