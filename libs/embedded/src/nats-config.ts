/** A NATS user with its permissions. Subject patterns as NATS writes them. */
export interface NatsUser {
  user: string;
  /** Plain text, or a bcrypt hash (`$2a$…`). */
  password: string;
  /** What it may publish to; everything when absent, nothing when empty. */
  publish?: readonly string[];
  /** What it may subscribe to; everything when absent, nothing when empty. */
  subscribe?: readonly string[];
  /** Patterns refused although `publish` or `subscribe` allows them. */
  denyPublish?: readonly string[];
  denySubscribe?: readonly string[];
  /** May answer requests although `publish` does not name the reply subject. */
  allowResponses?: boolean;
}

/** The included file of users. No users: everybody may do everything (tests). */
export function usersConfig(users: readonly NatsUser[]): string {
  if (users.length === 0) return "# no users: open to everybody on this machine\n";
  const lines = users.map((user) => {
    const permissions = [
      `publish: ${rule(user.publish, user.denyPublish)}`,
      `subscribe: ${rule(user.subscribe, user.denySubscribe)}`,
      ...(user.allowResponses ? ["allow_responses: true"] : []),
    ];
    return `    { user: ${quote(user.user)}, password: ${quote(user.password)}, permissions: { ${permissions.join(", ")} } }`;
  });
  return `authorization {\n  users = [\n${lines.join("\n")}\n  ]\n}\n`;
}

/** The main file: JetStream on, monitoring off, 4 MB of payload (a record is at most 1 MiB). */
export function serverConfig(options: {
  port: number;
  storeDir: string;
  usersFile: string;
  serverName: string;
}): string {
  return [
    `server_name: ${quote(options.serverName)}`,
    `listen: "127.0.0.1:${options.port}"`,
    "max_payload: 4MB",
    "max_pending: 64MB",
    'write_deadline: "10s"',
    "lame_duck_duration: 30s",
    "lame_duck_grace_period: 1s",
    `jetstream { store_dir: ${quote(options.storeDir)} }`,
    // The path must be relative to this file.
    `include ${quote(`./${options.usersFile}`)}`,
    "",
  ].join("\n");
}

function rule(allow: readonly string[] | undefined, deny: readonly string[] = []): string {
  if (allow?.length === 0) return `{ deny: [">"] }`;
  const parts = [`allow: ${list(allow ?? [">"])}`, ...(deny.length > 0 ? [`deny: ${list(deny)}`] : [])];
  return `{ ${parts.join(", ")} }`;
}

function list(subjects: readonly string[]): string {
  return `[${subjects.map(quote).join(", ")}]`;
}

// The server's own syntax for strings: like JSON, without \u.
function quote(text: string): string {
  if (/[\u0000-\u001f\u007f]/.test(text)) throw new Error("control characters are not allowed in a NATS configuration");
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
