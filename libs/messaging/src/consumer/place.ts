import type { DomainEvent } from "@dovetail/contracts";

/** How far a log has been applied: all up to `position`, and the ordinals below `ordinal` of position + 1. */
export interface Place {
  position: number;
  ordinal: number;
}

type Spot = Pick<DomainEvent, "position" | "ordinal" | "of">;

/** The place behind an event. */
export function behind(event: Spot): Place {
  return event.ordinal + 1 >= event.of
    ? { position: event.position, ordinal: 0 }
    : { position: event.position - 1, ordinal: event.ordinal + 1 };
}

/** Whether the event is the very next one. */
export function isNext(event: Spot, place: Place): boolean {
  return event.position === place.position + 1 && event.ordinal === place.ordinal;
}

/** Whether the event was applied before. */
export function isPast(event: Spot, place: Place): boolean {
  return event.position <= place.position || (event.position === place.position + 1 && event.ordinal < place.ordinal);
}
