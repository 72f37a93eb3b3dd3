import type { JournalEntry, Operation } from "../history";
import { isHelpless } from "./duplicates";
import { isFact } from "./values";
import { isListed, nameOf, type Party, partiesOf, type Subject, type View } from "./view";
import type { Violation } from "./violation";

type Wrong = (what: string, evidence: Violation["evidence"]) => Violation[];

/**
 * Facts: exactly one document of each in every target, never edited; none of one that was refused. State: never two living
 * documents of one key. Duplicates are excused in write class L, and none at all or one in class N, when they are listed.
 */
export function oneDocument(view: View): Violation[] {
  const made = new Map<string, JournalEntry[]>();
  for (const { integration, journal } of view.history.erps)
    for (const entry of journal) {
      const place = `${integration} ${nameOf(entry.entity, entry.key)}`;
      const known = made.get(place);
      if (known) known.push(entry);
      else made.set(place, [entry]);
    }
  return [...view.subjects.values()].flatMap((subject) =>
    partiesOf(view, subject.entity).flatMap((party) => {
      const entries = made.get(`${party.integration} ${subject.name}`) ?? [];
      return isFact(subject.entity) ? fact(view, subject, party, entries) : state(view, subject, party, entries);
    }),
  );
}

function isCreated({ op }: JournalEntry): boolean {
  return op === "create" || op === "post";
}

function wrongAt(subject: Subject, party: Party): Wrong {
  return (what, evidence) => [
    { law: "one-document", what: `${subject.name}: ${what} in ${party.integration}`, evidence },
  ];
}

/** A second document may stand there only in class L, listed, and where it could not be helped. */
function isExcused(view: View, subject: Subject, party: Party): boolean {
  const reasons = ["DUPLICATE", "DUPLICATE_KEY"];
  const { settings, integration, erp } = party;
  const listed = subject.letters.some(
    (letter) => letter.integration === integration && reasons.includes(letter.reason),
  );
  return settings.writeClass === "L" && listed && isHelpless(view, erp, subject);
}

function fact(view: View, subject: Subject, party: Party, entries: readonly JournalEntry[]): Violation[] {
  const wrong = wrongAt(subject, party);
  const created = entries.filter(isCreated);
  const seen = created.map(({ seq, externalId, reference }) => ({ seq, externalId, reference: reference ?? null }));
  const edited = entries.filter(({ by, op }) => by === "platform" && (op === "update" || op === "delete"));
  const edits =
    edited.length > 0
      ? wrong(
          "a fact was edited",
          edited.map(({ seq }) => seq),
        )
      : [];
  if (created.length > 1)
    return isExcused(view, subject, party) ? edits : [...edits, ...wrong("a fact stands twice", seen)];
  const [operation] = subject.operations;
  if (created.length === 1) {
    const refused = operation?.side === "mes" && operation.outcome === "failed";
    return refused ? [...edits, ...wrong("a fact that was refused stands", seen)] : edits;
  }
  const lost = operation && isDue(operation, party) && !isListed(subject, party.integration);
  return lost ? [...edits, ...wrong("a fact is lost", { operation: operation.id })] : edits;
}

/** Whether the fact must stand there: it was accepted, and goes there. */
function isDue({ side, outcome }: Operation, { settings, integration }: Party): boolean {
  if (outcome !== "ok") return false;
  if (side !== "mes" && side.integration === integration) return true;
  return settings.direction !== "inbound";
}

function state(view: View, subject: Subject, party: Party, entries: readonly JournalEntry[]): Violation[] {
  const wrong = wrongAt(subject, party);
  const alive = new Set<string>();
  let most: string[] = [];
  for (const entry of entries) {
    if (entry.op === "delete") alive.delete(entry.externalId);
    else alive.add(entry.externalId);
    if (alive.size > most.length) most = [...alive];
  }
  return most.length > 1 && !isExcused(view, subject, party) ? wrong("two documents of one key", most) : [];
}
