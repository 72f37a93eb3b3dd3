import { randomBytes } from "node:crypto";
import { accessDenied, accessError, unknownDatabase } from "./errors";
import type { Json, OdooVersion } from "./values";

/** Who may come in. */
export interface AccountOptions {
  version: OdooVersion;
  database: string;
  login: string;
  password: string;
  apiKey: string;
}

/** Passwords, API keys and sessions of the one administrator, uid 2. */
export class Accounts {
  private readonly sessions = new Set<string>();

  constructor(readonly options: AccountOptions) {}

  /** `common.authenticate`: false for a wrong password, an error for an unknown database. */
  authenticate(database: Json | undefined, login: Json | undefined, password: Json | undefined): number | false {
    this.checkDatabase(database);
    return login === this.options.login && this.isPassword(password) ? 2 : false;
  }

  /** The check of `execute_kw`: an API key is as good as the password. */
  checkCall(database: Json | undefined, uid: Json | undefined, password: Json | undefined): void {
    this.checkDatabase(database);
    if (uid !== 2 || !this.isPassword(password)) throw accessDenied();
  }

  /** A browser session; API keys do not open one. Returns the session id. */
  openSession(database: Json | undefined, login: Json | undefined, password: Json | undefined): string {
    if (database !== this.options.database) {
      if (this.options.version === 19) throw accessError("Database not found.");
      throw unknownDatabase(String(database), this.options.version);
    }
    if (login !== this.options.login || password !== this.options.password) throw accessDenied();
    const id = randomBytes(20).toString("hex");
    this.sessions.add(id);
    return id;
  }

  hasSession(id: string | undefined): boolean {
    return id !== undefined && this.sessions.has(id);
  }

  /** Every open session ends, as after a restart with another secret. */
  expireSessions(): void {
    this.sessions.clear();
  }

  isApiKey(key: string): boolean {
    return key === this.options.apiKey;
  }

  private isPassword(password: Json | undefined): boolean {
    return password === this.options.password || password === this.options.apiKey;
  }

  private checkDatabase(database: Json | undefined): void {
    if (database !== this.options.database) throw unknownDatabase(String(database), this.options.version);
  }
}
