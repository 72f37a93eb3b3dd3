import { type EntityRule, failureOf, must, mustBe, portOf, pushOf, withSession } from "./rule";
import { find } from "./looking-up";
import { bodies, cannotMake, makeRequest, outcome, send, settledCount } from "./writing";

const makesDocuments: EntityRule = {
  name: "a push creates one document and answers with its external id",
  unless: cannotMake,
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
  unless: (harness, entity) =>
    portOf(harness, entity).push?.operations.includes("update")
      ? cannotMake(harness, entity)
      : "updates are not declared",
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
  unless: (harness, entity) =>
    portOf(harness, entity).push?.operations.includes("delete")
      ? cannotMake(harness, entity)
      : "deletes are not declared",
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
  unless: changesDocuments.unless,
  check: (harness, entity) =>
    withSession(harness, async (session) => {
      const { update = {} } = await bodies(harness, entity);
      const externalId = harness.absentId ?? "999999999";
      const change = { ...(await makeRequest(harness, entity)), op: "update" as const, externalId, body: update };
      const error = await failureOf(send(harness, session, entity, change), "an update of an absent document");
      mustBe(error, "NOT_FOUND", "an update of an absent document");
      must(error.sent === "no", "an update of an absent document is said to have had an effect");
    }),
};

const showsDocuments: EntityRule = {
  name: "what a push answers as shown is what a read shows",
  unless: (harness, entity) =>
    portOf(harness, entity).lookup ? cannotMake(harness, entity) : "the adapter does not look up",
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
  unless: (harness, entity) =>
    harness.faults?.kinds.includes("validation") ? cannotMake(harness, entity) : "refusals cannot be made",
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
  unless: (harness, entity) => (harness.faults ? cannotMake(harness, entity) : "the ERP cannot be made to fail"),
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
