import { setMaxListeners } from "node:events";
import { adapterFor } from "@dovetail/adapter-registry";
import {
  AdapterError,
  createMask,
  gatherConfig,
  HttpClient,
  isNoMetadata,
  RETRY_TABLE,
  secretsOf,
  validateConfig,
  type Adapter,
  type Log,
} from "@dovetail/adapter-sdk";
import { ProblemError } from "@dovetail/contracts";
import type { Clock } from "@dovetail/resilience";
import { LOGGER, type Logger } from "@dovetail/service-kit";
import { Inject, Injectable, type OnModuleDestroy } from "@nestjs/common";
import { CallGate, limitsOf, type Gate } from "../calls/call-gate";
import { gatedAdapter } from "../calls/gated-adapter";
import { CLOCK, SETTINGS, type Settings } from "../tokens";
import type { Account } from "./account";
import { AccountSecrets } from "./account-secrets";
import { fileRootsOf } from "./file-roots";

/** An adapter with its open session at one account. */
export interface Session {
  adapter: Adapter;
  handle: unknown;
  /** Whose mappings a push through it is written in, where they are not the account's own. */
  words?: Account;
  /** Holds a slot of the account for what `fn` does. Throws AccountWaitsError before `fn` when nobody calls it now. */
  hold: Gate["hold"];
}

/** Longer than any call takes: the outcome of one that is cut off would not be known. */
const RETIRED_MS = 120_000;

interface Entry {
  version: number;
  session: Promise<Session>;
  /** The same, as soon as it is open. */
  opened?: Session;
  abort: AbortController;
  http: HttpClient;
}

/** Sessions at ERP accounts: opened once, shared by jobs and pushes, opened anew when the integration changed. */
@Injectable()
export class SessionService implements OnModuleDestroy {
  private readonly sessions = new Map<string, Entry>();
  private readonly ending = new AbortController();

  constructor(
    private readonly secrets: AccountSecrets,
    @Inject(CLOCK) private readonly clock: Clock,
    readonly gate: CallGate,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async open(account: Account): Promise<Session> {
    const id = `${account.tenantId}/${account.num}`;
    const known = this.sessions.get(id);
    if (known && known.version === account.version) return known.session;
    if (known) this.retire(id, known);
    const entry = this.start(account);
    this.sessions.set(id, entry);
    entry.session
      .then((session) => (entry.opened = session))
      .catch(() => this.sessions.get(id) === entry && this.retire(id, entry));
    return entry.session;
  }

  /** Drops the session; the next `open` signs in again. */
  close(account: Account): void {
    const id = `${account.tenantId}/${account.num}`;
    const known = this.sessions.get(id);
    if (known) this.retire(id, known);
  }

  /** A person asks: tokens that were given up are tried once more. */
  signInAgain(account: Account): Promise<void> {
    return this.secrets.tokens.retry(account);
  }

  /**
   * A call through the session failed: told in the log as loud as its category is. One that the ERP no longer takes is
   * dropped, so that the next `open` signs in again; only by the first who notices it: the others find the new one.
   */
  failed(account: Account, session: Session | undefined, error: AdapterError): void {
    const { category, code, sent, status } = error;
    const { severity, log } = RETRY_TABLE[category];
    const about = { err: error, category, severity, code, sent, status };
    this.logger[log]({ tenant: account.tenant, integration: account.name, ...about }, "an ERP call failed");
    const id = `${account.tenantId}/${account.num}`;
    const known = this.sessions.get(id);
    if (category === "AUTH" && sent === "no" && known && known.opened === session) this.retire(id, known);
  }

  onModuleDestroy(): void {
    this.ending.abort();
    for (const [id, entry] of this.sessions) this.retire(id, entry);
  }

  private start(account: Account): Entry {
    const abort = new AbortController();
    // each call under way listens to it
    setMaxListeners(0, abort.signal);
    const adapter = adapterFor(account.document.adapter.system);
    const config = this.config(adapter, account);
    const minVersion = account.document.tls.minVersion === "TLSv1.2" ? "TLSv1.2" : "TLSv1.3";
    const http = new HttpClient({
      mask: createMask(secretsOf(adapter.connection, config)),
      tls: { minVersion },
      signal: abort.signal,
      allowAddress: isNoMetadata,
      connections: limitsOf(account, adapter).concurrent,
    });
    const log = adapterLog(this.logger.child({ integration: account.name, tenant: account.tenant }));
    const gate = this.gate.of(account, adapter, abort.signal);
    const session = adapter
      .open({
        config,
        http: gate.http(http),
        tokens: this.secrets.tokens.of(account),
        fileRoots: fileRootsOf(this.settings.fileRoots, account.tenant),
        clock: this.clock,
        signal: abort.signal,
        log,
      })
      .then((handle) => ({ adapter: gatedAdapter(adapter, gate), handle, hold: gate.hold }));
    return { version: account.version, session, abort, http };
  }

  private config(adapter: Adapter, account: Account): unknown {
    const { document } = account;
    const connection = {
      apiEndpoint: document.apiEndpoint,
      apiVersion: document.apiVersion,
      authMethod: document.authMethod,
    };
    const parts = { connection, settings: document.settings, credentials: this.secrets.credentials(account) };
    const result = validateConfig(adapter.connection, gatherConfig(adapter.connection, parts));
    if (!result.ok)
      throw new ProblemError("ERP008", `the connection of ${account.name} is not complete`, { errors: result.errors });
    return result.value;
  }

  /** Nobody gets it any more; whoever has a call under way through it still hears the answer. */
  private retire(id: string, entry: Entry): void {
    this.sessions.delete(id);
    const over = async () => {
      await entry.session;
      await this.clock.sleep(RETIRED_MS, this.ending.signal);
    };
    void over()
      .catch(() => undefined)
      .then(() => this.end(entry));
  }

  private async end(entry: Entry): Promise<void> {
    try {
      const session = await entry.session;
      await session.adapter.close?.(session.handle);
    } catch {
      // it never opened, or is gone already
    } finally {
      entry.abort.abort(new Error("the session was closed"));
      await entry.http.close();
    }
  }
}

/** The service's logger in the words of the port: message first. */
function adapterLog(logger: Logger): Log {
  return {
    debug: (message, details) => logger.debug(details ?? {}, message),
    info: (message, details) => logger.info(details ?? {}, message),
    warn: (message, details) => logger.warn(details ?? {}, message),
    error: (message, details) => logger.error(details ?? {}, message),
  };
}
