import type { TransactionStatus } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import fc from "fast-check";
import type { LinkRow } from "../records/record";
import {
  fieldsToSend,
  isInFlight,
  normalised,
  parsePushWorkId,
  pushMayBecome,
  pushWorkId,
  stillAccepted,
} from "./push";

const STATUSES: TransactionStatus[] = [
  "pending",
  "sent",
  "accepted",
  "confirmed",
  "superseded",
  "unknown",
  "rejected",
  "parked",
  "discarded",
];

function link(shadow: JsonObject | null, accepted: JsonObject | null = null): LinkRow {
  const none = { external_id: "1", erp_version: null, shadow_hash: null, shadow_mapping: null };
  return { ...none, master: true, shadow, accepted, push_io: 0, push_open: false };
}

const texts = fc.option(fc.string({ maxLength: 5 }), { nil: undefined });
const parts = fc
  .record({ description: texts, manufacturer: texts, revision: texts })
  .map((fields) => ({ partNumber: "P", ...strip(fields) }));

function strip(fields: Record<string, string | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject;
}

describe("the states of a push", () => {
  it("a request that may be under way is never superseded or discarded unseen", () => {
    for (const status of STATUSES.filter(isInFlight)) expect(pushMayBecome(status, "superseded")).toBe(false);
    for (const status of ["sent", "accepted"] as const) expect(pushMayBecome(status, "discarded")).toBe(false);
  });

  it("what has ended stays ended", () => {
    for (const status of ["confirmed", "superseded", "discarded"] as const)
      for (const to of STATUSES) expect(pushMayBecome(status, to)).toBe(false);
  });
});

describe("the work row of a link", () => {
  it("gives back its parts, whatever the key", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.string({ minLength: 1 }), (integration, entity, key) =>
        expect(parsePushWorkId(pushWorkId(integration, entity, key))).toEqual({ integration, entity, key }),
      ),
    );
  });
});

describe("fieldsToSend", () => {
  it("is everything for an ERP that never showed the record, and nothing for one that shows it as it is", () => {
    fc.assert(
      fc.property(parts, (doc) => {
        expect(fieldsToSend("Part", link(null), doc)).toEqual(Object.keys(doc));
        expect(fieldsToSend("Part", link(doc), doc)).toEqual([]);
      }),
    );
  });

  it("is nothing once what the ERP made of the fields was accepted, and the field again when we change it", () => {
    fc.assert(
      fc.property(parts, parts, (doc, shown) => {
        const fields = fieldsToSend("Part", link(shown), doc);
        const accepted = normalised(fields, doc, shown);
        expect(fieldsToSend("Part", link(shown, accepted), doc)).toEqual([]);
        const edited = { ...doc, description: `${String((doc as JsonObject)["description"])} edited by us` };
        expect(fieldsToSend("Part", link(shown, accepted), edited)).toEqual(["description"]);
      }),
    );
  });
});

describe("normalised", () => {
  it("holds exactly the sent fields that are shown otherwise", () => {
    const sent = { partNumber: "P", description: "a", manufacturer: "m" };
    const shown = { partNumber: "P", description: "A", manufacturer: "other" };
    expect(normalised(["description"], sent, shown)).toEqual({ description: ["a", "A"] });
    expect(normalised(["partNumber"], sent, shown)).toBeNull();
    expect(normalised(["description"], sent, { partNumber: "P" })).toEqual({ description: ["a", null] });
  });
});

it("accepted differences stay while the ERP shows its part, in whatever order of members", () => {
  const accepted = {
    lines: [[{ unit: "EA", quantity: "4" }], [{ unit: "EA", quantity: "4", total: "8" }]],
    name: ["a", "A"],
  };
  const lines = [{ total: "8", quantity: "4", unit: "EA" }];
  expect(stillAccepted(accepted, { lines, name: "B" })).toEqual({ lines: accepted.lines });
  expect(stillAccepted(accepted, { lines: [...lines, ...lines], name: "B" })).toBeNull();
  expect(stillAccepted(null, { name: "B" })).toBeNull();
});
