import type { ErpDocument } from "../history";
import { differences, isFact } from "./values";
import { isAlive, isListed, type Party, partiesOf, type Subject, type View } from "./view";
import type { Violation } from "./violation";

/** In the end each ERP shows what our record shows, and has it where we have it; what is listed is excused. */
export function sidesAgree(view: View): Violation[] {
  return [...view.subjects.values()].flatMap((subject) =>
    partiesOf(view, subject.entity).flatMap((party) =>
      isListed(subject, party.integration) ? [] : agree(subject, party),
    ),
  );
}

function agree(subject: Subject, party: Party): Violation[] {
  const found = party.erp.final.filter(({ entity, key }) => entity === subject.entity && key === subject.key);
  const wrong = (what: string, evidence: Violation["evidence"]): Violation[] => [
    { law: "sides-agree", what: `${subject.name}: ${what} ${party.integration}`, evidence },
  ];
  const [document] = found;
  if (!document)
    return isMissing(subject, party) ? wrong("is not in", { version: subject.record?.version ?? null }) : [];
  // more than one is another law's
  if (found.length > 1) return [];
  if (!isAlive(subject)) return isLeftOver(subject, party) ? wrong("is there no more, but in", { ...document }) : [];
  const differing = fields(subject, party, document);
  if (differing.length === 0) return [];
  const ours = subject.record?.record ?? {};
  const evidence = differing.map((field) => [field, ours[field] ?? null, document.document[field] ?? null]);
  return wrong(`${differing.join(", ")} is another in`, evidence);
}

/** A pushed record must be there; one that is only read must be there if it came from there, which is as long as it is alive. */
function isMissing(subject: Subject, { settings, integration }: Party): boolean {
  if (!isAlive(subject)) return false;
  if (settings.direction !== "inbound") return true;
  return subject.record?.sync.some((sync) => sync.integration === integration && sync.direction === "inbound") ?? false;
}

/** A document without a record: every master's document must be one; a tombstone is pushed where something is pushed. */
function isLeftOver(subject: Subject, { settings, integration }: Party): boolean {
  if (subject.record === undefined) return settings.master && settings.direction !== "outbound";
  const byOurs = subject.operations.some(({ side, action }) => side === "mes" && action === "delete");
  return (
    settings.direction === "outbound" || byOurs || subject.record.sync.some((sync) => sync.integration === integration)
  );
}

/** Fields of which one side never hears of the other's writes are left out. */
function fields(subject: Subject, { settings, integration }: Party, { document }: ErpDocument): string[] {
  const differing = differences(settings, subject.record?.record ?? {}, document);
  if (isFact(subject.entity)) return differing;
  const deaf = subject.operations.filter(({ side }) =>
    settings.direction === "inbound"
      ? side === "mes" || side.integration !== integration
      : !settings.master && side !== "mes" && side.integration === integration,
  );
  const excused = new Set(deaf.flatMap((operation) => Object.keys(operation.fields)));
  return differing.filter((field) => !excused.has(field));
}
