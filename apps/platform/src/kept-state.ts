import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KeyRing, randomToken } from "@dovetail/crypto";
import type { RolePasswords } from "@dovetail/database";
import type { Environment } from "@dovetail/service-kit";
import { StartError } from "./start-error";

/** The names of the services' users on the bus. */
export const BUS_USERS = ["gateway", "integration-config", "sync-engine", "platform"] as const;
export type BusUser = (typeof BUS_USERS)[number];

/** What the demo tenant was given when it was made. */
export interface DemoAccess {
  tenant: string;
  apiKey: string;
  natsUser: string;
  natsPassword: string;
}

/** What is made once and kept: passwords, keys, and the ports that clients may remember. */
export interface Kept {
  v: 1;
  operatorKey: string;
  postgresPassword: string;
  /** By schema. */
  roles: Record<string, RolePasswords>;
  bus: Record<BusUser, string>;
  keys: { gateway: string; syncEngine: string };
  ports: { postgres?: number; nats?: number; odoo?: number; sqlErp?: number };
  /** Passwords of the simulated SQL ERP: its own, and that of the account which it gives to others. */
  sqlErp: { owner: string; client: string };
  /** Sent with the requests that set up the demo: repeated after a crash they do it once. */
  demoRequest: string;
  demo?: DemoAccess;
  /** The demo's first show has been given. */
  shown?: boolean;
}

/** The file `secrets.json`, readable by its owner alone. */
export class KeptState {
  private constructor(
    private readonly file: string,
    readonly kept: Kept,
    private readonly env: Environment,
  ) {}

  /** Reads the file, or makes its content. Throws StartError when it cannot be understood. */
  static open(dir: string, schemas: readonly string[], env: Environment): KeptState {
    const file = join(dir, "secrets.json");
    const kept = read(file) ?? generate();
    const state = new KeptState(file, kept, env);
    for (const schema of schemas) {
      kept.roles[schema] ??= { owner: randomToken(), run: randomToken(), dispatch: randomToken() };
    }
    for (const user of BUS_USERS) kept.bus[user] ??= randomToken();
    kept.sqlErp ??= sqlErpPasswords();
    mkdirSync(dir, { recursive: true });
    state.save();
    return state;
  }

  /**
   * The passwords of a service's roles: those of `<SCHEMA>_OWNER_PASSWORD`, `<SCHEMA>_RUN_PASSWORD` and
   * `<SCHEMA>_DISPATCH_PASSWORD` where they are set, else those kept here.
   */
  roles(schema: string): RolePasswords {
    const kept = this.kept.roles[schema];
    if (!kept) throw new Error(`no passwords for ${schema}`);
    const given = (role: keyof RolePasswords): string =>
      this.env[`${schema}_${role}_password`.toUpperCase()] ?? kept[role];
    return { owner: given("owner"), run: given("run"), dispatch: given("dispatch") };
  }

  change(part: Partial<Kept>): void {
    Object.assign(this.kept, part);
    this.save();
  }

  // Renamed into place: a crash never leaves half a file.
  private save(): void {
    writeFileSync(`${this.file}.new`, `${JSON.stringify(this.kept, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${this.file}.new`, this.file);
  }
}

function generate(): Kept {
  return {
    v: 1,
    operatorKey: `dvo_${randomToken()}`,
    postgresPassword: randomToken(),
    roles: {},
    bus: {} as Record<BusUser, string>,
    keys: { gateway: KeyRing.generate().export().reveal(), syncEngine: KeyRing.generate().export().reveal() },
    ports: {},
    sqlErp: sqlErpPasswords(),
    demoRequest: randomToken(12),
  };
}

function sqlErpPasswords(): Kept["sqlErp"] {
  return { owner: randomToken(), client: randomToken() };
}

function read(file: string): Kept | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const value = JSON.parse(text) as Kept;
    if (value.v === 1) return value;
  } catch {
    // Told below.
  }
  throw new StartError(`${file} is damaged: restore it, or begin anew with --fresh (all data is lost).`);
}
