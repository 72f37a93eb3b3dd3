import { PAGE_BYTES } from "./limits";

/** The items of one page and whether others were left out. */
export interface Cut<T> {
  items: T[];
  /** True when not all items fitted: the page needs a `next`. */
  cut: boolean;
}

/**
 * The longest head of `items` whose JSON is at most `limit` bytes (512 KiB); always at least one item,
 * so that paging moves on over an item that is larger than a page. `write` says how an item is written, if not as JSON.
 */
export function cutByBytes<T>(
  items: readonly T[],
  limit: number = PAGE_BYTES,
  write: (item: T) => string | undefined = JSON.stringify,
): Cut<T> {
  let bytes = 2;
  for (const [index, item] of items.entries()) {
    bytes += Buffer.byteLength(write(item) ?? "null") + 1;
    if (bytes > limit && index > 0) return { items: items.slice(0, index), cut: true };
  }
  return { items: [...items], cut: false };
}
