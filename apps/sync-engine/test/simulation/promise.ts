import { RETRY_TABLE } from "@dovetail/adapter-sdk";
import { isInFlight } from "../../src/push/push";
import type { Written } from "./schedule";
import type { Simulation } from "./simulation";
import { Violation, type StoredPush } from "./store";

const versions = new WeakMap<Simulation, Map<string, { version: number; edit: number }>>();

/** What holds at every moment: a record's version and what it took from the ERP's people never go back. */
export function checkStep(sim: Simulation): void {
  const before = versions.get(sim) ?? new Map<string, { version: number; edit: number }>();
  versions.set(sim, before);
  for (const [id, record] of sim.store.records) {
    const edit = Number(String(record.doc["manufacturer"] ?? "e0").slice(1));
    const last = before.get(id);
    if (last && record.version < last.version) throw new Violation(`${id} went back to version ${record.version}`);
    if (last && edit < last.edit) throw new Violation(`${id} went back from e${last.edit} to e${edit}`);
    before.set(id, { version: record.version, edit });
  }
}

/** What holds when everything is quiet: each change is applied exactly once, or listed. */
export function checkEnd(sim: Simulation, written: Written): void {
  const listed = listedKeys(sim);
  for (const push of sim.store.pushes) {
    const waits = push.status === "pending" || push.status === "parked" || isInFlight(push.status);
    const blocked = listed.has(`${push.name}/${push.key}`);
    if ((waits || push.status === "rejected") && !blocked)
      throw new Violation(`${push.id} of ${push.key} is ${push.status} and not listed`);
  }
  for (const run of sim.pulls.runs)
    if (run.status !== "completed" && run.status !== "failed")
      throw new Violation(`a run of ${run.entity} is ${run.status}`);
  facts(sim, written, listed);
  states(sim, written, listed);
  listIsEarned(sim);
}

function facts(sim: Simulation, written: Written, listed: ReadonlyMap<string, string>): void {
  const { class: writeClass } = sim.erp.traits;
  for (const key of written.facts) {
    const documents = [...sim.erp.documents.values()].filter(({ body }) => body["costPostingNumber"] === key);
    const reason = listed.get(`CostPosting/${key}`);
    if (documents.length > 1 && reason !== "DUPLICATE") throw new Violation(`${documents.length} documents of ${key}`);
    if (documents.length === 0 && reason === undefined) throw new Violation(`${key} is neither applied nor listed`);
    if (documents.length > 1 && writeClass !== "L")
      throw new Violation(`class ${writeClass} and a duplicate of ${key}`);
  }
  const parts = [...sim.erp.documents.values()].filter(({ entity }) => entity === "Part");
  for (const key of new Set(parts.map(({ body }) => String(body["partNumber"]))))
    if (parts.filter(({ body }) => body["partNumber"] === key).length > 1 && listed.get(`Part/${key}`) !== "DUPLICATE")
      throw new Violation(`two documents of ${key}`);
}

function states(sim: Simulation, written: Written, listed: ReadonlyMap<string, string>): void {
  const shown = (text: unknown) => (sim.erp.traits.capitals ? String(text).toUpperCase() : text);
  for (const [id, record] of sim.store.records) {
    const [entity, key] = [id.slice(0, id.indexOf("/")), record.key];
    if (entity !== "Part") continue;
    const ours = written.description.get(key);
    const theirs = written.manufacturer.get(key);
    // what is found of a write in doubt may come as the ERP keeps it
    const holds = record.doc["description"];
    const fits = holds === ours || (holds === shown(ours) && sim.erp.traits.capitals);
    const kept = listed.has(id) && sim.erp.traits.capitals;
    if (ours !== undefined && !kept && !fits)
      throw new Violation(`the MES wrote ${ours} to ${key}, and the record holds ${String(holds)}`);
    if (listed.has(id)) continue;
    if (theirs !== undefined && record.doc["manufacturer"] !== theirs)
      throw new Violation(`the ERP holds ${theirs} of ${key}, and the record ${String(record.doc["manufacturer"])}`);
    const document = [...sim.erp.documents.values()].find(({ body }) => body["partNumber"] === key);
    if (!document) throw new Violation(`${key} is not in the ERP and not listed`);
    if (ours !== undefined && document.body["description"] !== shown(ours))
      throw new Violation(`the MES wrote ${ours} to ${key}, and the ERP holds ${String(document.body["description"])}`);
    if (theirs !== undefined && document.body["manufacturer"] !== theirs)
      throw new Violation(`the ERP's people wrote ${theirs} to ${key}, and it was overwritten`);
  }
}

/** Its calls, by the table of categories. */
function usedUp(push: StoredPush | undefined): boolean {
  return push?.category != null && push.attempts >= RETRY_TABLE[push.category].calls;
}

/** Only what was made invalid or used up its calls, class N's unknowns and class L's duplicates may stand in the list. */
function listIsEarned(sim: Simulation): void {
  for (const letter of sim.store.letters.filter(({ open }) => open)) {
    const push = sim.store.pushes.find(({ id }) => id === letter.pushId);
    const { class: writeClass } = sim.erp.traits;
    const earned =
      (letter.reason === "REJECTED" && (push?.key.startsWith("BAD") || usedUp(push))) ||
      (letter.reason === "UNKNOWN" && writeClass === "N") ||
      (letter.reason === "DUPLICATE" && writeClass === "L");
    if (!earned)
      throw new Violation(`${letter.reason} of ${push?.key ?? letter.row?.key ?? "?"} is listed without need`);
  }
}

/** What is listed of pushes, and why, by record. */
export function listedKeys(sim: Simulation): Map<string, string> {
  const listed = new Map<string, string>();
  for (const letter of sim.store.letters) {
    const push = sim.store.pushes.find(({ id }) => id === letter.pushId);
    if (letter.open && push) listed.set(`${push.name}/${push.key}`, letter.reason);
  }
  return listed;
}
