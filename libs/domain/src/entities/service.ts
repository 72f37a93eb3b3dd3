import { choice, datetime, entity, key, list, reference, text } from "./builders";

/** States of a ticket. */
export const TICKET_STATUSES = ["open", "in_progress", "resolved", "closed"] as const;
/** One of `TICKET_STATUSES`. */
export type TicketStatus = (typeof TICKET_STATUSES)[number];

export const ticket = entity({
  name: "Ticket",
  code: 15,
  kind: "state",
  key: ["ticketNumber"],
  group: ["transactional"],
  description: "A customer's request for help.",
  fields: [
    key("ticketNumber", "Business key."),
    text("title", "Subject."),
    text("description", "What is wrong."),
    choice("status", TICKET_STATUSES, "Where it stands."),
    text("priority", "Urgency, for instance low, medium, high, emergency."),
    text("category", "Kind of request."),
    text("channel", "How it came in."),
    reference("customer", "Customer", "Who asks."),
    reference("contact", "Contact", "Person who asks."),
    reference("technician", "Technician", "Who looks after it."),
    reference("workOrder", "WorkOrder", "Work that it caused."),
    reference("part", "Part", "What it is about."),
    text("asset", "Machine or equipment concerned."),
    text("serialNumber", "Serial number of that piece."),
    text("location", "Where help is needed."),
    datetime("openedAt", "When it came in."),
    datetime("dueAt", "When an answer is due."),
    datetime("resolvedAt", "When it was solved."),
    datetime("closedAt", "When it was closed."),
    text("resolution", "How it was solved."),
    list("comments", "commentNumber", "What was said.", [
      key("commentNumber", "Number of the comment."),
      text("author", "Who said it."),
      datetime("at", "When."),
      text("text", "What."),
    ]),
  ],
});
