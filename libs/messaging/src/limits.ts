/** A page of answers is cut at this many bytes (see `cutByBytes`). */
export const PAGE_BYTES = 512 * 1024;

/** No answer is larger: one record of 1 MiB with what stands around it. Larger ones are a fault of the handler. */
export const MAX_ANSWER_BYTES = 2 * 1024 * 1024;

/** What the broker must let through in one message: a record of 1 MiB in a request, with room. */
export const MIN_BROKER_PAYLOAD = 4_000_000;

/** An event is at most this large; a record event over it travels without `record`. */
export const EVENT_BYTES = 64 * 1024;
