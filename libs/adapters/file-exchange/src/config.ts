import { type Schema, defineSchema } from "@dovetail/adapter-sdk";

/** What an integration by files asks for. */
export const connection = defineSchema({
  authMethod: {
    label: "Authentication",
    type: "choice",
    in: "connection",
    choices: ["NONE", "BASIC", "SSH_KEY"],
    help: "NONE for a folder; user name with password (BASIC) or private key (SSH_KEY) for SFTP.",
  },
  transport: { label: "Transport", type: "choice", in: "settings", required: true, choices: ["folder", "sftp"] },
  root: {
    label: "Root folder",
    type: "text",
    in: "settings",
    required: true,
    pattern: "/[^\\\\]*",
    help: "Absolute. Of a folder it must lie below one that the operator has opened to integrations.",
    example: "/srv/erp-exchange",
  },
  host: { label: "SFTP host", type: "text", in: "settings", pattern: "[A-Za-z0-9.:_-]{1,253}" },
  port: { label: "SFTP port", type: "integer", in: "settings", min: 1, max: 65535, default: 22 },
  format: {
    label: "Format",
    type: "choice",
    in: "settings",
    choices: ["csv", "jsonl", "xml", "fixed"],
    default: "csv",
  },
  encoding: {
    label: "Encoding",
    type: "text",
    in: "settings",
    default: "utf-8",
    help: "A label of the WHATWG encoding standard, for instance windows-1252. A byte order mark wins.",
  },
  delimiter: {
    label: "Delimiter of CSV",
    type: "text",
    in: "settings",
    pattern: "auto|.",
    default: "auto",
    help: "auto finds comma, semicolon, tab or bar by the columns that the sets name.",
  },
  sets: {
    label: "Sets",
    type: "json",
    in: "settings",
    required: true,
    help: "Which files hold which entity.",
    example: '[{"entityType":"Supplier","pattern":"Vendor*.csv","key":["VendorID"]}]',
  },
  folders: {
    label: "Folders",
    type: "json",
    in: "settings",
    help: "Names below the root, where they differ from in, work, done, error, out and ack.",
  },
  marker: {
    label: "Sign of a complete file",
    type: "choice",
    in: "settings",
    choices: ["none", "done", "sha256"],
    default: "none",
    help: "none: size and time stand still. done: <file>.done lies beside it. sha256: <file>.sha256 does and holds its digest.",
  },
  stableMs: {
    label: "How long a file must stand still, milliseconds",
    type: "integer",
    in: "settings",
    min: 0,
    max: 60000,
    default: 2000,
  },
  outFormat: {
    label: "Format of outgoing files",
    type: "choice",
    in: "settings",
    choices: ["json", "csv"],
    default: "json",
  },
  acknowledged: {
    label: "Outgoing files are acknowledged",
    type: "boolean",
    in: "settings",
    default: true,
    help: "True: a push is confirmed by a file in the ack folder. False: by having been written.",
  },
  apiUsername: { label: "User name", type: "text", in: "credentials", auth: ["BASIC", "SSH_KEY"] },
  apiPassword: { label: "Password", type: "text", in: "credentials", secret: true, auth: ["BASIC"] },
  privateKey: { label: "Private key", type: "longText", in: "credentials", secret: true, auth: ["SSH_KEY"] },
  hostKey: {
    label: "Host key (SHA-256)",
    type: "text",
    in: "credentials",
    auth: ["BASIC", "SSH_KEY"],
    help: "As ssh-keygen -l shows it. No other server is talked to.",
    example: "SHA256:uNiVztksCsDhcc0u9e8BrLBXVhD1sqZ7tYhPCmWgFkY",
  },
});

/** The checked connection. */
export type FileConfig = typeof connection extends Schema<infer C> ? C : never;
