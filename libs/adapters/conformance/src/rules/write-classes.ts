import { AdapterError, type WriteClass } from "@dovetail/adapter-sdk";
import type { ConformanceHarness } from "../harness";
import type { EntityName } from "@dovetail/domain";
import { find } from "./looking-up";
import { type EntityRule, failureOf, must, portOf, pushOf, withSession } from "./rule";
import { isMade, makeRequest, noBody, outcome, send, settledCount, settledLookup } from "./writing";

type FaultName = "timeoutAfterEffect" | "timeoutBeforeEffect" | "lateEffect" | "pauseSender";

/** Applies to these write classes, and needs this switch of the ERP. */
function only(writeClasses: readonly WriteClass[], fault?: FaultName): Pick<EntityRule, "applies" | "unless"> {
  return {
    applies: (harness, entity) => {
      const own = portOf(harness, entity).push?.class;
      return own !== undefined && isMade(harness, entity) && writeClasses.includes(own);
    },
    unless: (harness) => {
      const missing = fault && !harness.faults?.[fault] ? `the ERP cannot be made to do ${fault}` : undefined;
      return noBody(harness) ?? missing;
    },
  };
}

const repeats: EntityRule = {
  name: "K: the same reference sent twice is one document",
  ...only(["K"]),
  check: (harness, entity) =>
    withSession(harness, async (session) => {
      const request = await makeRequest(harness, entity);
      const first = await outcome(harness, session, entity, await send(harness, session, entity, request));
      const again = await resend(harness, session, entity, request);
      must(again === undefined || again === first, `the repetition answers with ${again} instead of ${first}`);
      const count = await settledCount(harness, session, entity, request.reference);
      must(count === 1, `one reference sent twice made ${count} documents`);
    }),
};

/** A second send of the same reference: its id, or undefined when the ERP refused it as a CONFLICT. */
async function resend(
  harness: ConformanceHarness,
  session: unknown,
  entity: EntityName,
  request: Parameters<typeof send>[3],
) {
  try {
    return await outcome(harness, session, entity, await send(harness, session, entity, request));
  } catch (error) {
    must(error instanceof AdapterError && error.category === "CONFLICT", `the repetition failed: ${String(error)}`);
    return undefined;
  }
}

const afterTimeout: EntityRule = {
  name: "an effect after the time-out is found, and the push is said to be sent",
  ...only(["K", "L", "N"], "timeoutAfterEffect"),
  check: (harness, entity) =>
    withSession(harness, async (session) => {
      const request = await makeRequest(harness, entity);
      await harness.faults?.timeoutAfterEffect?.();
      const error = await failureOf(send(harness, session, entity, request), "a push whose answer is lost");
      await harness.faults?.clear();
      must(error.category === "TRANSIENT", `a lost answer is ${error.category}`);
      must(error.sent === "maybe", `a push that took effect is said to be sent: ${error.sent}`);
      const { class: own } = pushOf(harness, entity);
      if (own === "K") await resend(harness, session, entity, request);
      if (own === "N") return;
      const count = await settledCount(harness, session, entity, request.reference);
      must(count === 1, `a push whose answer was lost stands ${count} times`);
    }),
};

const beforeTimeout: EntityRule = {
  name: "a push lost on the way is said to be perhaps sent, and can be sent again",
  ...only(["K", "L"], "timeoutBeforeEffect"),
  check: (harness, entity) =>
    withSession(harness, async (session) => {
      const request = await makeRequest(harness, entity);
      await harness.faults?.timeoutBeforeEffect?.();
      const error = await failureOf(send(harness, session, entity, request), "a push lost on the way");
      await harness.faults?.clear();
      must(error.sent === "maybe", `a push without an answer is said to be sent: ${error.sent}`);
      if (portOf(harness, entity).lookup) {
        const found = await settledLookup(harness, session, entity, request.reference);
        must(found.length === 0, "a push that never arrived is found");
      }
      await resend(harness, session, entity, request);
      const count = await settledCount(harness, session, entity, request.reference);
      must(count === 1, `sent again it stands ${count} times`);
    }),
};

const lateIsFound: EntityRule = {
  name: "L: a late effect is found by reference once settleMs has passed",
  ...only(["L"], "lateEffect"),
  check: (harness, entity) =>
    withSession(harness, async (session) => {
      const request = await makeRequest(harness, entity);
      const { settleMs = 0 } = pushOf(harness, entity);
      // The last moment that the declaration allows.
      await harness.faults?.lateEffect?.(Math.max(0, settleMs - 1));
      const error = await failureOf(send(harness, session, entity, request), "a push with a late effect");
      await harness.faults?.clear();
      must(error.sent === "maybe", `a push with a late effect is said to be sent: ${error.sent}`);
      const found = await settledLookup(harness, session, entity, request.reference);
      must(found.length === 1, `after settleMs a late effect is found ${found.length} times`);
    }),
};

const findsReference: EntityRule = {
  name: "L: a document is found by its reference, an unused reference by nothing",
  ...only(["L"]),
  check: (harness, entity) =>
    withSession(harness, async (session) => {
      const request = await makeRequest(harness, entity);
      const id = await outcome(harness, session, entity, await send(harness, session, entity, request));
      const found = await settledLookup(harness, session, entity, request.reference);
      must(found.length === 1 && found[0] === id, `document ${id} is found by its reference as [${found.join(", ")}]`);
      const unused = (await makeRequest(harness, entity)).reference;
      const none = await find(harness, session, entity, { reference: unused });
      must(none.length === 0, "a reference that was never sent is found");
    }),
};

/** A sender stops before its write, another takes over, then the first goes on: the case no lease prevents. */
async function takeOver(
  harness: ConformanceHarness,
  entity: EntityName,
  request: Parameters<typeof send>[3],
): Promise<void> {
  await withSession(harness, async (slow) => {
    const held = await harness.faults?.pauseSender?.();
    const stuck = send(harness, slow, entity, request).catch(() => undefined);
    await held?.held;
    await withSession(harness, (fast) => resend(harness, fast, entity, request));
    await held?.release();
    await stuck;
  });
}

const pausedTwice: EntityRule = {
  name: "K: a paused sender that goes on later makes no second document",
  ...only(["K"], "pauseSender"),
  check: async (harness, entity) => {
    const request = await makeRequest(harness, entity);
    await takeOver(harness, entity, request);
    const count = await withSession(harness, (session) => settledCount(harness, session, entity, request.reference));
    must(count === 1, `after a paused sender went on ${count} documents carry the reference`);
  },
};

const pausedIsCounted: EntityRule = {
  name: "L: the second document of a paused sender is seen by its reference",
  ...only(["L"], "pauseSender"),
  check: async (harness, entity) => {
    const request = await makeRequest(harness, entity);
    await takeOver(harness, entity, request);
    const found = await withSession(harness, (session) => settledLookup(harness, session, entity, request.reference));
    const real = (await harness.countReference?.(entity, request.reference)) ?? found.length;
    must(found.length === real, `${real} documents carry the reference, the lookup shows ${found.length}`);
  },
};

const admitsIgnorance: EntityRule = {
  name: "N: a lookup by reference does not claim absence",
  ...only(["N"]),
  check: (harness, entity) =>
    withSession(harness, async (session) => {
      if (!portOf(harness, entity).lookup) return;
      const request = await makeRequest(harness, entity);
      await send(harness, session, entity, request);
      await failureOf(
        find(harness, session, entity, { reference: request.reference }),
        "a lookup by an unkept reference",
      );
    }),
};

export const writeClassRules: readonly EntityRule[] = [
  repeats,
  afterTimeout,
  beforeTimeout,
  lateIsFound,
  findsReference,
  pausedTwice,
  pausedIsCounted,
  admitsIgnorance,
];
