import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { AdapterError, HttpClient, oauth2, type Grant, type Http } from "@dovetail/adapter-sdk";
import { KeyRing } from "@dovetail/crypto";
import { openDatabase, type Database } from "@dovetail/database";
import { systemClock } from "@dovetail/resilience";
import { testDatabase, type TestDatabase } from "@dovetail/testing";
import { Client } from "pg";
import type { Account } from "../accounts/account";
import { CrashPoints } from "../crash-points";
import { syncEngineSchema } from "../schema";
import { TokenRepository } from "./token.repository";
import { TokenService } from "./token.service";

/** A token server whose refresh tokens can be used once, and the ERP behind it. */
class Erp {
  /** Grants that were asked for. */
  readonly asked: string[] = [];
  status = 200;
  /** A refresh token that was used already is taken once more. */
  lenient = false;
  private n = 0;
  private refresh = "first-refresh";
  private before = "";
  private access = "";
  private readonly server: Server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      const [status, answer] = request.url === "/token" ? this.token(body) : this.data(request.headers.authorization);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }
  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
  /** The access token ends before its time. */
  revoke(): void {
    this.access = "";
  }

  private token(body: string): [number, object] {
    const form = new URLSearchParams(body);
    this.asked.push(form.get("grant_type") ?? "");
    if (this.status !== 200) return [this.status, {}];
    const given = form.get("refresh_token");
    const known = given === this.refresh || (this.lenient && given === this.before);
    const signsIn = form.get("grant_type") === "password" && form.get("password") === "pw";
    if (!known && !signsIn && form.get("grant_type") !== "client_credentials") return [400, { error: "invalid_grant" }];
    this.n++;
    this.before = this.refresh;
    this.refresh = `refresh-${this.n}`;
    this.access = `access-${this.n}`;
    const tokens = { access_token: this.access, expires_in: 3600, token_type: "Bearer" };
    return [200, form.get("grant_type") === "client_credentials" ? tokens : { ...tokens, refresh_token: this.refresh }];
  }

  private data(authorization: string | undefined): [number, object] {
    return this.access !== "" && authorization === `Bearer ${this.access}` ? [200, { ok: true }] : [401, {}];
  }
}

const keys = KeyRing.generate();

describe("tokens of an account", () => {
  let database: TestDatabase;
  let admin: Client;
  let db: Database;
  let erp: Erp;
  let account: Account;
  const http = new HttpClient();

  beforeAll(async () => {
    database = await testDatabase([syncEngineSchema]);
    admin = new Client(database.adminUrl);
    await admin.connect();
    const url = database.urlFor("sync_engine", "run");
    db = await openDatabase({ url, schema: "sync_engine", applicationName: "tokens" });
  });
  afterAll(async () => {
    await http.close();
    await db?.close();
    await admin?.end();
    await database?.drop();
  });
  beforeEach(async () => {
    erp = new Erp();
    await erp.start();
    const tenantId = randomUUID();
    const { rows } = await admin.query<{ num: number }>(
      `insert into sync_engine.accounts (tenant_id, integration_id, tenant, name, document, version)
       values ($1, $1, 'acme', 'erp', '{}', 1) returning num`,
      [tenantId],
    );
    account = { tenantId, num: rows[0]?.num, name: "erp", sealed: { data: "one" } } as unknown as Account;
  });
  afterEach(() => erp.stop());

  /** A process of its own, as far as tokens are concerned. */
  function engine(grant: Grant = "refresh_token", crash = new CrashPoints(undefined)): Http {
    const tokens = new TokenService(new TokenRepository(db), keys, crash, systemClock);
    const sign = { username: "u", password: "pw" };
    const options = { tokenEndpoint: `${erp.url}/token`, grant, clientId: "us", clientSecret: "secret" };
    const first = grant === "refresh_token" ? { refreshToken: "first-refresh" } : grant === "password" ? sign : {};
    return oauth2(http, tokens.of(account), { ...options, ...first });
  }
  const call = async (from: Http) => (await from.request({ method: "GET", url: `${erp.url}/data` })).status;
  const letters = async () => {
    const sql = `select reason, status, problem->>'code' code from sync_engine.dead_letters where tenant_id = $1 and kind = 'CONNECTION'`;
    return (await admin.query(sql, [account.tenantId])).rows as unknown[];
  };
  const leaseEnds = () =>
    admin.query(
      "update sync_engine.erp_tokens set lease_until = clock_timestamp() - interval '1 s' where lease_until is not null",
    );
  const dying = () =>
    new CrashPoints("token.before-commit", () => {
      throw new Error("killed");
    });

  it("SYN-13: are asked for once, however many calls of two engines meet their end", async () => {
    const engines = [engine(), engine()];
    const all = () => Promise.all(Array.from({ length: 20 }, (_, i) => call(engines[i % 2] as Http)));
    expect(new Set(await all())).toEqual(new Set([200]));
    expect(erp.asked).toEqual(["refresh_token"]);
    erp.revoke();
    expect(new Set(await all())).toEqual(new Set([200]));
    expect(erp.asked).toHaveLength(2);
    const { rows } = await admin.query<{ text: string }>("select sealed::text as text from sync_engine.erp_tokens");
    for (const { text } of rows) expect(text).not.toMatch(/access-|refresh-/);
  });

  it("are renewed before they end, and rotated ones live on in an engine that starts later", async () => {
    await call(engine());
    await admin.query("update sync_engine.erp_tokens set expires_at = clock_timestamp() + interval '5 s'");
    expect(await call(engine())).toBe(200);
    expect(await call(engine())).toBe(200);
    expect(erp.asked).toHaveLength(2);
  });

  it("SYN-13: after a crash between answer and commit the old refresh token is tried once; then a person is asked for", async () => {
    await expect(call(engine("refresh_token", dying()))).rejects.toThrow("killed");
    expect(erp.asked).toHaveLength(1);
    await leaseEnds();
    const later = engine();
    await expect(call(later)).rejects.toMatchObject({ category: "AUTH", code: "ERP002", bodyCode: "AUTH_REQUIRED" });
    expect(erp.asked).toHaveLength(2);
    await expect(call(later)).rejects.toBeInstanceOf(AdapterError);
    await expect(call(engine())).rejects.toBeInstanceOf(AdapterError);
    // nobody asks any more
    expect(erp.asked).toHaveLength(2);
    expect(await letters()).toEqual([{ reason: "AUTH_REQUIRED", status: "OPEN", code: "ERP002" }]);
    const { rows } = await admin.query("select connection_status from sync_engine.accounts where tenant_id = $1", [
      account.tenantId,
    ]);
    expect(rows).toEqual([{ connection_status: "EXPIRED" }]);

    account = { ...account, sealed: { data: "a person signed in again" } };
    erp.lenient = true;
    const tokens = new TokenService(new TokenRepository(db), keys, new CrashPoints(undefined), systemClock);
    const fresh = { tokenEndpoint: `${erp.url}/token`, grant: "password", clientId: "us" } as const;
    expect(await call(oauth2(http, tokens.of(account), { ...fresh, username: "u", password: "pw" }))).toBe(200);
    expect(await letters()).toEqual([{ reason: "AUTH_REQUIRED", status: "RESOLVED", code: "ERP002" }]);
  });

  it("SYN-13: an ERP that takes the old one once more is not lost by a crash; a second crash in a row is", async () => {
    erp.lenient = true;
    await expect(call(engine("refresh_token", dying()))).rejects.toThrow("killed");
    await leaseEnds();
    expect(await call(engine())).toBe(200);
    erp.revoke();
    for (let i = 0; i < 2; i++) {
      await expect(call(engine("refresh_token", dying()))).rejects.toThrow("killed");
      await leaseEnds();
    }
    const asked = erp.asked.length;
    await expect(call(engine())).rejects.toMatchObject({ bodyCode: "AUTH_REQUIRED" });
    expect(erp.asked).toHaveLength(asked);
    expect(await letters()).toHaveLength(1);
  });

  it("a token server that is away is no refusal: the next call asks again", async () => {
    const one = engine();
    erp.status = 503;
    for (let i = 0; i < 4; i++) await expect(call(one)).rejects.toMatchObject({ category: "TRANSIENT" });
    erp.status = 429;
    await expect(call(one)).rejects.toMatchObject({ category: "RATE_LIMIT" });
    erp.status = 200;
    expect(await call(one)).toBe(200);
    expect(await letters()).toEqual([]);
  });

  it("come by client credentials and by password, which is asked for anew when its refresh token is refused", async () => {
    expect(await call(engine("client_credentials"))).toBe(200);
    await admin.query("delete from sync_engine.erp_tokens");
    expect(await call(engine("password"))).toBe(200);
    erp.revoke();
    expect(await call(engine("password"))).toBe(200);
    expect(erp.asked).toEqual(["client_credentials", "password", "refresh_token"]);
  });

  it("never stand in an error", async () => {
    const one = engine();
    erp.status = 500;
    const error = (await call(one).catch((cause: unknown) => cause)) as AdapterError;
    expect(JSON.stringify({ ...error, message: error.message })).not.toMatch(/first-refresh|secret/);
    const another = engine();
    const url = `${erp.url}/data`;
    erp.stop();
    const gone = (await another.request({ method: "GET", url }).catch((cause: unknown) => cause)) as AdapterError;
    expect(gone).toBeInstanceOf(AdapterError);
    expect(JSON.stringify({ ...gone, message: gone.message })).not.toMatch(/first-refresh|secret/);
  });
});
