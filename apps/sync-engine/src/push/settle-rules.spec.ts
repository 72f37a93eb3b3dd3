import type { JsonObject } from "@dovetail/domain";
import { canonical, newLink, type RecordRow } from "../records/record";
import { followed, linkAfter, type SentPart, type Shown } from "./settle-rules";

const POLICY = { "*": "erp" } as const;

function recordOf(doc: JsonObject): RecordRow {
  const { hash, key } = canonical("Supplier", doc);
  const nothing = { integration: null, external_id: null, erp_version: null, shadow_mapping: null, accepted: null };
  return {
    key,
    version: 1,
    hash,
    doc,
    deleted: false,
    ...nothing,
    shadow_hash: null,
    shadow: null,
    push_io: 0,
    push_open: true,
  };
}

function shownOf(record: JsonObject): Shown {
  return { externalId: "19", erpVersion: null, record, hash: canonical("Supplier", record).hash, mapping: 1 };
}

const sentDoc = { supplierNumber: "S-1", name: "as sent", phone: "1" };
const found: SentPart = { operation: "create", fields: Object.keys(sentDoc), doc: sentDoc, current: true, later: true };
const edited = shownOf({ ...sentDoc, name: "edited by a person" });

describe("SYN-8: a create that was not answered and is found later", () => {
  it("brings an edit that was made there meanwhile: it is no way of storing what was sent", () => {
    const record = recordOf(sentDoc);
    const next = followed("Supplier", { record, base: newLink(true), shown: edited, sent: found }, POLICY);
    expect(JSON.parse(next?.doc ?? "null")).toMatchObject({ name: "edited by a person", phone: "1" });
    expect(linkAfter("Supplier", newLink(true), edited, found, 7)).toMatchObject({ accepted: null, push_io: 7 });
  });

  it("leaves a field alone that has moved on here: its newer value is on its way", () => {
    const record = recordOf({ ...sentDoc, name: "newer here" });
    expect(followed("Supplier", { record, base: newLink(true), shown: edited, sent: found }, POLICY)).toBeUndefined();
  });

  it("answered at once, what the ERP shows otherwise is how it stores it", () => {
    const sent = { ...found, later: false };
    expect(
      followed("Supplier", { record: recordOf(sentDoc), base: newLink(true), shown: edited, sent }, POLICY),
    ).toBeUndefined();
    expect(linkAfter("Supplier", newLink(true), edited, sent, 7).accepted).toEqual({
      name: ["as sent", "edited by a person"],
    });
  });
});
