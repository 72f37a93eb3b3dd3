import type { History } from "../history";
import { ModelPlatform } from "./model-history";

/** A run in which a little of everything happened, and all promises were kept. */
export function goodRun(): History {
  const model = new ModelPlatform();
  model.strike("kill");
  model.write("S1", { name: "mes.1", phone: "p1" });
  model.push();
  model.write("S1", { phone: "p2" });
  model.write("S1", { phone: "p3" });
  model.push();
  model.edit("S1", { email: "e1" });
  model.push();
  model.edit("S2", { name: "k.1", minimumOrderAmount: "10.50" });
  model.push();
  model.edit("S2", { email: "e2" });
  model.write("S3", { name: "mes.3" });
  model.push();
  model.write("S3", null);
  model.push();
  for (const [n, mishap] of (["none", "unknown-done", "unknown-lost", "duplicate"] as const).entries())
    model.post(`T${n}`, `${n + 1}.25`, mishap);
  model.spoil("BAD");
  model.write("S4", { name: "x" });
  model.write("S4", { phone: "late" }, "unknown");
  model.loseUnheard("S4", { phone: "never" });
  return model.history();
}

/** The first of a list that fits; a test that would change nothing fails. */
export function first<T>(list: readonly T[], fits: (one: T) => boolean): T {
  const found = list.find(fits);
  if (found === undefined) throw new Error("there is none to spoil");
  return found;
}

export function erp(history: History, integration: string) {
  return first(history.erps, (one) => one.integration === integration);
}

export function drop<T>(list: T[], fits: (one: T) => boolean): T {
  const found = first(list, fits);
  list.splice(list.indexOf(found), 1);
  return found;
}

export function record(history: History, key: string) {
  return first(history.api.records, (one) => one.key === key);
}

export const is = (key: string) => (one: { key: string | null }) => one.key === key;
