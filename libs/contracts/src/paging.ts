import { Text, Whole } from "./fields";

/** Query of every list. `cursor` is the `next` of the page before. */
export class PageQuery {
  @Text({ optional: true, max: 2000, description: "the `next` of the page before" })
  cursor?: string;

  @Whole({ optional: true, min: 1, max: 1000, description: "most items of the page; 100 when absent" })
  limit?: number;
}

/** A page of answers; `next` is null on the last one. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

/** Asks for one thing by id or name. */
export class ById {
  @Text({ max: 200 })
  id!: string;
}

/** An operation without input. */
export class Nothing {}
