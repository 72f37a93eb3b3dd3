import type { PushOperation } from "@dovetail/adapter-sdk";
import { type EntityRule, failureOf, must, mustBe, portOf, pushOf, withSession } from "./rule";
import { find } from "./looking-up";
import { bodies, isMade, makeRequest, noBody, outcome, send, settle, settledCount } from "./writing";

const declares =
  (operation: PushOperation): EntityRule["applies"] =>
  (harness, entity) =>
    isMade(harness, entity) && (portOf(harness, entity).push?.operations ?? []).includes(operation);

const makesDocuments: EntityRule = {
  name: "a push creates one document and answers with its external id",
  applies: isMade,
  unless: noBody,
  check: (harness, entity) =>
    withSession(harness, async (session) => {
      const request = await makeRequest(harness, entity);
      const id = await outcome(harness, session, entity, await send(harness, session, entity, request));
      must(typeof id === "string" && id !== "", `the external id is ${JSON.stringify(id)}`);
      if (!portOf(harness, entity).lookup) return;
      const rows = await find(harness, session, entity, { externalId: id });
      must(rows.length === 1, `the new document ${id} is found ${rows.length} times`);
    }),
};

const changesDocuments: EntityRule = {
  name: "a push changes the document it names",
  applies: declares("update"),
  unless: noBody,
  check: (harness, entity) =>
    withSession(harness, async (session) => {
      const { create, update } = await bodies(harness, entity);
      must(update, "the harness has no change to push");
      const request = { ...(await makeRequest(harness, entity)), body: create };
      const externalId = await outcome(harness, session, entity, await send(harness, session, entity, request));
      const [before] = await find(harness, session, entity, { externalId });
      const change = { ...(await makeRequest(harness, entity)), op: "update" as const, externalId, body: update };
      const answer = await outcome(harness, session, entity, await send(harness, session, entity, change));
      must(answer === externalId, `an update of ${externalId} answers with ${answer}`);
      const [after] = await find(harness, session, entity, { externalId });
      must(JSON.stringify(before?.body) !== JSON.stringify(after?.body), `the update of ${externalId} changed nothing`);
    }),
};

const removesDocuments: EntityRule = {
  name: "a pushed delete removes the document it names",
  applies: declares("delete"),
  unless: noBody,
  check: (harness, entity) =>
    withSession(harness, async (session) => {
      const request = await makeRequest(harness, entity);
      const externalId = await outcome(harness, session, entity, await send(harness, session, entity, request));
      const removal = { ...request, op: "delete" as const, externalId, body: {} };
      await outcome(harness, session, entity, await send(harness, session, entity, removal));
      const rows = await find(harness, session, entity, { externalId });
      must(rows.length === 0, `document ${externalId} was deleted and is still found`);
    }),
};

const missesAbsent: EntityRule = {
  name: "a change of an absent document is NOT_FOUND",
  applies: declares("update"),
  unless: noBody,
  check: (harness, entity) =>
    withSession(harness, async (session) => {
      const { update = {} } = await bodies(harness, entity);
      const externalId = harness.absentId ?? "999999999";
      const change = { ...(await makeRequest(harness, entity)), op: "update" as const, externalId, body: update };
      const error = await failureOf(settle(harness, session, entity, change), "an update of an absent document");
      mustBe(error, "NOT_FOUND", "an update of an absent document");
      must(error.sent === "no", "an update of an absent document is said to have had an effect");
    }),
};

const showsDocuments: EntityRule = {
  name: "what a push answers as shown is what a read shows",
  applies: (harness, entity) => isMade(harness, entity) && portOf(harness, entity).lookup !== undefined,
  unless: noBody,
  check: (harness, entity) =>
    withSession(harness, async (session) => {
      const result = await send(harness, session, entity, await makeRequest(harness, entity));
      if (result.done !== "confirmed" || !result.shown) return;
      const [row] = await find(harness, session, entity, { externalId: result.externalId });
      must(row, `document ${result.externalId} is not found`);
      must(
        JSON.stringify(row.body) === JSON.stringify(result.shown.body),
        "a read shows something else than the push's answer",
      );
      must(row.version === result.version, `a read shows version ${row.version}, the push answered ${result.version}`);
    }),
};

const refusalHasNoEffect: EntityRule = {
  name: "a refused push is said to have had no effect, and had none",
  applies: isMade,
  unless: (harness) => (harness.faults?.kinds.includes("validation") ? noBody(harness) : "refusals cannot be made"),
  check: (harness, entity) =>
    withSession(harness, async (session) => {
      for (const kind of ["validation", "auth", "rateLimit"] as const) {
        if (!harness.faults?.kinds.includes(kind)) continue;
        const request = await makeRequest(harness, entity);
        await harness.faults.fail(kind);
        const error = await failureOf(send(harness, session, entity, request), `a push meeting ${kind}`);
        await harness.faults.clear();
        must(error.sent === "no", `a push refused by ${kind} is said to be sent: ${error.sent}`);
        if (pushOf(harness, entity).class === "N") continue;
        const count = await settledCount(harness, session, entity, request.reference);
        must(count === 0, `a push refused by ${kind} left ${count} documents`);
      }
    }),
};

const unsureIsMaybe: EntityRule = {
  name: "a push that fails after it was sent is not said to be without effect",
  applies: isMade,
  unless: (harness) => (harness.faults ? noBody(harness) : "the ERP cannot be made to fail"),
  check: (harness, entity) =>
    withSession(harness, async (session) => {
      for (const kind of ["reset", "server", "unavailable", "cutOff"] as const) {
        if (!harness.faults?.kinds.includes(kind)) continue;
        await harness.faults.fail(kind);
        const error = await failureOf(
          send(harness, session, entity, await makeRequest(harness, entity)),
          `a push meeting ${kind}`,
        );
        await harness.faults.clear();
        must(error.sent === "maybe", `a push meeting ${kind} after it was sent is said to be sent: ${error.sent}`);
      }
    }),
};

export const pushRules: readonly EntityRule[] = [
  makesDocuments,
  changesDocuments,
  removesDocuments,
  missesAbsent,
  showsDocuments,
  refusalHasNoEffect,
  unsureIsMaybe,
];
