import type { JsonObject } from "@dovetail/domain";
import { adapterFor } from "@dovetail/adapter-registry";
import {
  createMask,
  gatherConfig,
  HttpClient,
  isNoMetadata,
  secretsOf,
  validateConfig,
  type Adapter,
  type Log,
} from "@dovetail/adapter-sdk";
import { credentialContext, ProblemError } from "@dovetail/contracts";
import { KeyRing, openText, type SealedBox } from "@dovetail/crypto";
import type { Clock } from "@dovetail/resilience";
import { LOGGER, type Logger } from "@dovetail/service-kit";
import { Inject, Injectable, type OnModuleDestroy } from "@nestjs/common";
import { EngineMetrics } from "../systems/engine-metrics";
import { CLOCK, SETTINGS, type Settings } from "../tokens";
import type { Account } from "./account";
import { fileRootsOf } from "./file-roots";

/** An adapter with its open session at one account. */
export interface Session {
  adapter: Adapter;
  handle: unknown;
}

interface Entry {
  version: number;
  session: Promise<Session>;
  abort: AbortController;
  http: HttpClient;
}

/** Sessions at ERP accounts: opened once, shared by jobs and pushes, opened anew when the integration changed. */
@Injectable()
export class SessionService implements OnModuleDestroy {
  private readonly sessions = new Map<string, Entry>();

  constructor(
    private readonly keys: KeyRing,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly metrics: EngineMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async open(account: Account): Promise<Session> {
    const id = `${account.tenantId}/${account.num}`;
    const known = this.sessions.get(id);
    if (known && known.version === account.version) return known.session;
    if (known) this.discard(id, known);
    const entry = this.start(account);
    this.sessions.set(id, entry);
    entry.session.catch(() => this.sessions.get(id) === entry && this.discard(id, entry));
    return entry.session;
  }

  /** Drops a session that the ERP no longer takes; the next `open` signs in again. */
  close(account: Account): void {
    const id = `${account.tenantId}/${account.num}`;
    const known = this.sessions.get(id);
    if (known) this.discard(id, known);
  }

  onModuleDestroy(): void {
    for (const [id, entry] of this.sessions) this.discard(id, entry);
  }

  private start(account: Account): Entry {
    const abort = new AbortController();
    const adapter = adapterFor(account.document.adapter.system);
    const config = this.config(adapter, account);
    const minVersion = account.document.tls.minVersion === "TLSv1.2" ? "TLSv1.2" : "TLSv1.3";
    const http = new HttpClient({
      mask: createMask(secretsOf(adapter.connection, config)),
      tls: { minVersion },
      signal: abort.signal,
      allowAddress: isNoMetadata,
      connections: account.document.limits.concurrentCalls ?? adapter.limits?.concurrent ?? 4,
    });
    const log = adapterLog(this.logger.child({ integration: account.name, tenant: account.tenant }));
    const session = adapter
      .open({
        config,
        http: this.metrics.measured(http, adapter.system),
        fileRoots: fileRootsOf(this.settings.fileRoots, account.tenant),
        clock: this.clock,
        signal: abort.signal,
        log,
      })
      .then((handle) => ({ adapter, handle }));
    return { version: account.version, session, abort, http };
  }

  private config(adapter: Adapter, account: Account): unknown {
    const { document } = account;
    const connection = {
      apiEndpoint: document.apiEndpoint,
      apiVersion: document.apiVersion,
      authMethod: document.authMethod,
    };
    const parts = { connection, settings: document.settings, credentials: this.credentials(account) };
    const result = validateConfig(adapter.connection, gatherConfig(adapter.connection, parts));
    if (!result.ok)
      throw new ProblemError("ERP008", `the connection of ${account.name} is not complete`, { errors: result.errors });
    return result.value;
  }

  private credentials(account: Account): JsonObject {
    if (account.sealed === null) return {};
    const context = credentialContext(account.tenantId, account.name);
    return JSON.parse(openText(account.sealed as unknown as SealedBox, this.keys, context)) as JsonObject;
  }

  private discard(id: string, entry: Entry): void {
    this.sessions.delete(id);
    const finish = async () => {
      const session = await entry.session;
      await session.adapter.close?.(session.handle);
    };
    void finish()
      .catch(() => undefined)
      .finally(() => {
        entry.abort.abort(new Error("the session was closed"));
        void entry.http.close();
      });
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
