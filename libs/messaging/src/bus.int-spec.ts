import { ProblemError, Text, Whole, operation, serviceContext, type CallContext } from "@dovetail/contracts";
import { eventually, testNats, type TestNats } from "@dovetail/testing";
import { Bus } from "./bus";
import { LocalBus } from "./local-bus";

class Question {
  @Text({ max: 10 })
  word!: string;

  @Whole({ optional: true })
  times?: number;
}

const repeatWord = operation<Question, { text: string }>({
  subject: "dovetail.parrot.repeat",
  input: Question,
  errors: ["NOT_FOUND"],
  timeoutMs: 500,
});

const ctx = serviceContext("spec", "0198f3d2-0000-7000-8000-000000000001", "demo");

async function outcome(work: Promise<unknown>): Promise<ProblemError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProblemError)) throw new Error(`no problem but ${String(error)}`);
  return error;
}

describe("Bus", () => {
  let nats: TestNats;
  let asker: Bus;
  let parrot: Bus;
  const errors: string[] = [];
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  let seen: CallContext | undefined;

  beforeAll(async () => {
    nats = await testNats();
    const log = { info: () => undefined, warn: () => undefined, error: (_: object, text: string) => errors.push(text) };
    asker = await Bus.connect({ url: nats.url, name: "asker" });
    parrot = await Bus.connect({ url: nats.url, name: "parrot", log });
    parrot.handle(repeatWord, async (input, context) => {
      seen = context;
      if (input.word === "missing") throw new ProblemError("NOT_FOUND", "no such word");
      if (input.word === "broken") throw new Error("secret table name");
      if (input.word === "huge") return { text: "x".repeat(3_000_000) };
      if (input.word === "never") await released;
      return { text: input.word.repeat(input.times ?? 1) };
    });
    await parrot.connection.flush();
  });

  afterAll(async () => {
    await asker.close();
    release();
    await parrot.close();
    await nats.stop();
  });

  it("carries input, context and trace to the owner and its answer back", async () => {
    expect(await asker.call(repeatWord, ctx, { word: "ab", times: 2 })).toEqual({ text: "abab" });
    expect(seen).toMatchObject({ tenant: "demo", actor: { id: "spec" } });
    expect(seen?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it("refuses input that the operation does not take", async () => {
    const unknown = { word: "abcdefghijkl", extra: 1 };
    const { problem } = await outcome(asker.call(repeatWord, ctx, unknown));
    expect(problem).toMatchObject({ code: "ERP008", status: 422 });
    expect(problem.errors?.map((error) => [error.field, error.rule]).sort()).toEqual([
      ["extra", "unknownMember"],
      ["word", "maxLength"],
    ]);
  });

  it("hands the owner's problem on and hides what it did not mean to say", async () => {
    expect((await outcome(asker.call(repeatWord, ctx, { word: "missing" }))).problem).toMatchObject({
      code: "NOT_FOUND",
      detail: "no such word",
    });
    const { problem } = await outcome(asker.call(repeatWord, ctx, { word: "broken" }));
    expect(problem.code).toBe("INTERNAL");
    expect(JSON.stringify(problem)).not.toMatch(/secret|stack/);
    expect(errors).toContain("an operation failed");
  });

  it("refuses an answer that is too large", async () => {
    expect((await outcome(asker.call(repeatWord, ctx, { word: "huge" }))).code).toBe("INTERNAL");
  });

  it("says UNAVAILABLE when nobody answers, or not in time", async () => {
    const nobody = { ...repeatWord, subject: "dovetail.nobody.repeat" };
    expect((await outcome(asker.call(nobody, ctx, { word: "a" }))).problem).toMatchObject({
      code: "UNAVAILABLE",
      retryAfterSeconds: 2,
    });
    expect((await outcome(asker.call(repeatWord, ctx, { word: "never" }))).code).toBe("UNAVAILABLE");
  });

  it("answers to inboxes only: who asks cannot make it publish elsewhere", async () => {
    const heard: string[] = [];
    const end = parrot.subscribeRaw("mes.*.*.*", "parrot", async (message) => void heard.push(message.subject));
    const overheard = asker.connection.subscribe("erp.>");
    await parrot.connection.flush();
    asker.connection.publish("mes.b.Part.updated", "{}", { reply: "erp.a.Part.updated" });
    await eventually(() => heard.length === 1);
    end();
    await parrot.connection.flush();
    await asker.connection.flush();
    expect(overheard.getReceived()).toBe(0);
    overheard.unsubscribe();
  });

  it("answers raw requests with plain JSON or a problem document", async () => {
    const end = parrot.subscribeRaw("mes.*.*.*", "parrot", async (message) => {
      if (!message.expectsReply) throw new Error("not a request");
      if (message.subject.endsWith("deleted")) throw new ProblemError("STALE", "too late");
      return { accepted: true, got: message.json };
    });
    await parrot.connection.flush();
    const ask = async (subject: string, body: string) => (await asker.connection.request(subject, body)).json();
    expect(await ask("mes.demo.Part.updated", `{"a":1}`)).toEqual({ accepted: true, got: { a: 1 } });
    expect(await ask("mes.demo.Part.deleted", "{}")).toMatchObject({ code: "STALE", status: 412 });
    expect(await ask("mes.demo.Part.updated", "{")).toMatchObject({ code: "ERP008", status: 400 });
    end();
  });

  it("tells listeners over core NATS", async () => {
    const heard: unknown[] = [];
    const end = asker.subscribeCore("progress.*", (json, subject) => heard.push([subject, json]));
    await asker.connection.flush();
    parrot.publishCore("progress.1", { done: 3 });
    await eventually(() => expect(heard.length > 0).toBe(true), { timeoutMs: 10_000 });
    expect(heard).toEqual([["progress.1", { done: 3 }]]);
    end();
  });

  it("short-circuits calls inside one process, with the same rules", async () => {
    const local = new LocalBus();
    const both = await Bus.connect({ url: nats.url, name: "solo", local });
    const given = { text: "kept" };
    const solo = { ...repeatWord, subject: "dovetail.solo.repeat" };
    both.handle(solo, async (input) => {
      if (input.word === "missing") throw new ProblemError("NOT_FOUND", "no such word");
      return given;
    });
    const before = both.connection.stats().outMsgs;
    const answer = await both.call(solo, ctx, { word: "a" });
    expect(answer).toBe(given);
    expect(() => Object.assign(answer, { text: "changed" })).toThrow();
    expect((await outcome(both.call(solo, ctx, { word: "missing" }))).code).toBe("NOT_FOUND");
    expect((await outcome(both.call(solo, ctx, { word: "abcdefghijkl" }))).code).toBe("ERP008");
    expect(both.connection.stats().outMsgs).toBe(before);
    await both.close();
    expect(local.find(solo.subject)).toBeUndefined();
  });

  it("fails at once while the broker is down and works again afterwards", async () => {
    let returned = 0;
    asker.onReconnect(() => returned++);
    const hanging = outcome(asker.call({ ...repeatWord, timeoutMs: 60_000 }, ctx, { word: "never" }));
    await asker.connection.flush();
    await nats.kill();
    expect((await hanging).code).toBe("UNAVAILABLE");
    await eventually(() => expect(asker.status() === "down").toBe(true), { timeoutMs: 10_000 });
    const started = Date.now();
    expect((await outcome(asker.call(repeatWord, ctx, { word: "a" }))).code).toBe("UNAVAILABLE");
    expect(Date.now() - started).toBeLessThan(200);
    await nats.restart();
    await eventually(() => expect(asker.status() === "up" && parrot.status() === "up").toBe(true), {
      timeoutMs: 10_000,
    });
    await parrot.connection.flush();
    expect(await asker.call(repeatWord, ctx, { word: "a" })).toEqual({ text: "a" });
    expect(returned).toBe(1);
  });
});
