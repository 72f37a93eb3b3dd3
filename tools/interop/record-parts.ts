import type { RecordView } from "@dovetail/api-client";
import type { JsonObject } from "@dovetail/domain";

/** One field of a record as the API shows it. */
export const text = (view: RecordView | undefined, field: string) => view?.record[field];

/** The lines of a document. */
export const linesOf = (view: RecordView | undefined) => (view?.record["lines"] ?? []) as JsonObject[];

/** The sum of numbers that Odoo or a count answered. */
export const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
