import { AdapterError } from "@dovetail/adapter-sdk";
import { FakeClock } from "@dovetail/testing";
import { CrashPoints } from "../crash-points";
import type { PushBatches } from "./push-batches";
import { PushHand } from "./push-hand";
import type { PushPlan } from "./push-plan";
import { PushSender } from "./push-sender";
import type { PushTurn } from "./push-turn";
import type { Settings } from "../tokens";

it("SYN-13: a sender that was held up until its claim ran out sends nothing, and says that nothing left", async () => {
  const clock = new FakeClock();
  let calls = 0;
  const send = async () => {
    calls++;
    return { done: "confirmed" as const, externalId: "1" };
  };
  const turn = {
    claim: { id: "1:8:P", deadline: clock.monotonic() + 30_000 },
    account: { tenantId: "t", num: 1 },
    session: { handle: {}, hold: (fn: () => Promise<unknown>) => fn() },
    port: { push: { class: "L", operations: ["create"], send } },
  } as unknown as PushTurn;
  const plan = { do: "send", operation: "create", fields: [], body: {}, state: {} } as unknown as PushPlan & {
    do: "send";
  };
  const mark = { io: 1, reference: "R", inherited: false };
  let heldUpMs = 0;
  const batches = {
    mark: async () => {
      await clock.advance(heldUpMs);
      return mark;
    },
  } as unknown as PushBatches;
  const settings = { concurrency: 1 } as Settings;
  const sender = new PushSender(batches, new PushHand(clock), new CrashPoints(undefined), clock, settings);
  expect(await sender.send(turn, plan)).toMatchObject({ mark, result: { externalId: "1" } });
  heldUpMs = 30_000;
  const refused = await sender.send(turn, plan);
  expect(refused).toMatchObject({ mark, error: { sent: "no", category: "TRANSIENT" } });
  expect((refused as { error: unknown }).error).toBeInstanceOf(AdapterError);
  expect(calls).toBe(1);
});
