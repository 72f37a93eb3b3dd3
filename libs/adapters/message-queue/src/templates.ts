import type { ConnectionTemplate } from "@dovetail/adapter-sdk";

/** Connections with brokers made ready. */
export const templates: readonly ConnectionTemplate[] = [
  {
    name: "queue-purchasing",
    system: "QUEUE",
    connectionMethod: "MESSAGE_QUEUE",
    title: "Purchasing by messages",
    description:
      "Suppliers, parts and orders arrive in the stream ERP_OUT under purchasing.out.<entity>.<id>, as JSON in the canonical form; " +
      "orders and receipts go to ERP_IN under purchasing.in.<entity>, answered in ERP_REPLIES.",
    authMethod: "BASIC",
    settings: {
      sources: [
        { entityType: "Supplier", stream: "ERP_OUT", subject: "purchasing.out.supplier.*" },
        { entityType: "Part", stream: "ERP_OUT", subject: "purchasing.out.part.*" },
        { entityType: "PurchaseOrder", stream: "ERP_OUT", subject: "purchasing.out.order.*" },
      ],
      sinks: [
        {
          entityType: "PurchaseOrder",
          stream: "ERP_IN",
          subject: "purchasing.in.order",
          replies: { stream: "ERP_REPLIES", subject: "purchasing.replies.order" },
        },
        {
          entityType: "Receipt",
          stream: "ERP_IN",
          subject: "purchasing.in.receipt",
          replies: { stream: "ERP_REPLIES", subject: "purchasing.replies.receipt" },
        },
      ],
    },
    syncSchedule: { enabled: true, interval: "*/5 * * * *" },
    entities: {
      Supplier: { direction: "inbound", master: true },
      Part: { direction: "inbound", master: true },
      PurchaseOrder: { direction: "both", master: true },
      Receipt: { direction: "outbound" },
    },
    mappings: {},
  },
];
