// One line per adapter: its folder's export is all that the product knows of it.
export { databaseView } from "@dovetail/adapter-database-view";
export { fileExchange } from "@dovetail/adapter-file-exchange";
export { memory } from "@dovetail/adapter-memory";
export { messageQueue } from "@dovetail/adapter-message-queue";
export { odoo } from "@dovetail/adapter-odoo";
