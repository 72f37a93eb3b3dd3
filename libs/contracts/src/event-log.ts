import type { DomainEvent, Producer } from "./events";
import { Text, Whole } from "./fields";
import { operation, type Operation } from "./operation";

/** A consumer asks a producer for the range behind its stored position. */
export class ReadEvents {
  @Text({ max: 60, description: "the consumer's name; registers it, so that rows it needs are kept" })
  consumer!: string;

  @Whole({ description: "position of the last event that the consumer has applied" })
  after!: number;

  /** The first ordinal wanted of position after + 1 (a page's row may not fit one answer). */
  @Whole({ optional: true })
  fromOrdinal?: number;

  @Whole({ min: 1, max: 1000 })
  limit!: number;
}

export interface EventRange {
  events: DomainEvent[];
  /** The newest position of the tenant's log. */
  head: number;
  /** Oldest position still kept; a consumer behind it must start from a baseline. */
  oldest: number;
}

/** `events.read` of each producer. Answers are cut at 512 KiB. */
export const readEvents: Record<Producer, Operation<ReadEvents, EventRange>> = {
  gateway: readEventsOf("gateway"),
  "integration-config": readEventsOf("integration-config"),
  "sync-engine": readEventsOf("sync-engine"),
};

function readEventsOf(producer: Producer): Operation<ReadEvents, EventRange> {
  return operation({
    subject: `dovetail.${producer}.events.read`,
    input: ReadEvents,
    errors: ["UNAVAILABLE"],
    timeoutMs: 5000,
  });
}
