import type { CloudEvent, Job, JobCounts } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import type { ErpHistory, JournalEntry } from "../history";

/** `k` is master; `l` and `n` only get pushes. All take facts, each in its own write class. */
export function newErps(): ErpHistory[] {
  return (["K", "L", "N"] as const).map((writeClass) => ({
    integration: writeClass.toLowerCase(),
    entities: {
      Supplier: {
        direction: writeClass === "K" ? "both" : "outbound",
        master: writeClass === "K",
        writeClass: "K",
        ...(writeClass === "L" ? { normalises: { name: "upper" } } : {}),
      },
      InventoryTransaction: { direction: "outbound", master: false, writeClass },
    },
    journal: [],
    sends: [],
    final: [],
  }));
}

/** Commits a write in an ERP: its journal and what stands there; answers the journal's number. */
export function store(
  erp: ErpHistory,
  at: number,
  what: Pick<JournalEntry, "entity" | "key" | "op" | "by" | "reference">,
  fields: JsonObject,
): number {
  const { entity, key, op } = what;
  const index = erp.final.findIndex((one) => one.entity === entity && one.key === key);
  const before = erp.final[index];
  const doubled = op === "post" && before ? "-2" : "";
  const externalId = `${erp.integration}-${key}${doubled}`;
  const document = {
    entity,
    externalId,
    key,
    document: { ...(op === "update" && what.by !== "platform" ? before?.document : {}), ...fields },
  };
  if (op === "delete") erp.final.splice(index, 1);
  else if (before && doubled === "") erp.final[index] = document;
  else erp.final.push(document);
  const seq = erp.journal.length + 1;
  erp.journal.push({ ...document, ...what, seq, at, fields: Object.keys(fields) });
  return seq;
}

export function newEvent(position: number, type: string, data: JsonObject): CloudEvent {
  return {
    specversion: "1.0",
    id: `e${position}`,
    type,
    source: "",
    subject: String(data["key"]),
    time: "",
    datacontenttype: "application/json",
    tenant: "chaos",
    position,
    ordinal: 0,
    of: 1,
    cursor: `c${position}`,
    data,
  };
}

/** An ended pull of suppliers from `k`. */
export function newJob(id: string, counts: Partial<JobCounts>): Job {
  const none = { read: 0, created: 0, updated: 0, unchanged: 0, rejected: 0, parked: 0, deleted: 0 };
  return {
    id,
    integration: "k",
    entityType: "Supplier",
    direction: "inbound",
    mode: "incremental",
    trigger: "schedule",
    status: "completed",
    dryRun: false,
    counts: { ...none, ...counts },
    mappingVersion: 1,
    startedAt: "",
    finishedAt: "",
    createdAt: "",
    problem: null,
    approval: null,
  };
}
