import type { Letter, PreparedPage, PreparedRow } from "./page";

/** The page without rows whose external id is linked to another key; each becomes a letter. */
export function withoutTaken(
  page: PreparedPage,
  linked: ReadonlyMap<string, string>,
  letterOf: (row: PreparedRow) => Letter,
): PreparedPage {
  const rows: PreparedRow[] = [];
  const letters = [...page.letters];
  for (const row of page.rows) {
    const key = linked.get(row.externalId);
    if (key === undefined || key === row.key) rows.push(row);
    else letters.push(letterOf(row));
  }
  return { rows, letters, repeats: page.repeats };
}
