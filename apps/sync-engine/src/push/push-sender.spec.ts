import { AdapterError } from "@dovetail/adapter-sdk";
import { FakeClock } from "@dovetail/testing";
import { CrashPoints } from "../crash-points";
import type { PushPlan } from "./push-plan";
import { PushSender } from "./push-sender";
import type { PushTurn } from "./push-turn";

it("SYN-13: a sender that was held up until its claim ran out sends nothing, and says that nothing left", async () => {
  const clock = new FakeClock();
  let calls = 0;
  const send = async () => {
    calls++;
    return { done: "confirmed" as const, externalId: "1" };
  };
  const turn = {
    claim: { deadline: clock.monotonic() + 30_000 },
    session: { handle: {} },
    port: { push: { class: "L", operations: ["create"], send } },
  } as unknown as PushTurn;
  const plan = { do: "send", operation: "create", fields: [], body: {}, state: {} } as unknown as PushPlan & {
    do: "send";
  };
  const sender = new PushSender(undefined as never, new CrashPoints(undefined), clock);
  const mark = { io: 1, reference: "R", inherited: false };
  await sender.send(turn, plan, mark);
  await clock.advance(30_000);
  const refused = await sender.send(turn, plan, mark).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(AdapterError);
  expect(refused).toMatchObject({ sent: "no", category: "TRANSIENT" });
  expect(calls).toBe(1);
});
