import { Client } from "pg";
import { OPERATOR_KEY, startHarness, type Harness } from "./harness";

const PASSWORD = "correct horse battery";

describe("people, sessions, keys and tenants", () => {
  let harness: Harness;
  let admin: string;
  let db: Client;

  beforeAll(async () => {
    harness = await startHarness();
    admin = (await harness.tenant("demo")).key;
    db = new Client(harness.database.adminUrl);
    await db.connect();
  });

  afterAll(async () => {
    await db?.end();
    await harness?.stop();
  });

  const login = (body: object) =>
    harness.call("POST", "/api/v1/auth/login", { body: { tenant: "demo", login: "ada", password: PASSWORD, ...body } });
  const addUser = (login: string, role: string) =>
    harness.call("POST", "/api/v1/users", { key: admin, body: { login, role, password: PASSWORD } });

  it("logs a person in with the permissions of their role, and out", async () => {
    const user = await addUser("Ada", "ERP_Operator");
    expect(user.status).toBe(201);
    expect(user.body).toMatchObject({ login: "ada", role: "erp_operator", disabled: false, version: 1 });
    expect(user.text).not.toContain("scrypt");
    const answer = await login({ login: "ADA" });
    expect(answer.status).toBe(200);
    const { token } = answer.body as { token: string };
    expect(answer.body).toMatchObject({
      role: "erp_operator",
      permissions: ["erp:view", "erp:sync", "erp:reconciliation"],
    });
    const me = await harness.call("GET", "/api/v1/auth/me", { key: token });
    expect(me.body).toMatchObject({ tenant: "demo", kind: "user", id: (user.body as { id: string }).id });
    expect((await harness.call("POST", "/api/v1/auth/logout", { key: token })).status).toBe(204);
    expect((await harness.call("GET", "/api/v1/auth/me", { key: token })).status).toBe(401);
    expect((await db.query("select 1 from gateway.sessions")).rowCount).toBe(0);
  });

  it("says the same of a wrong password, an unknown person and an unknown tenant", async () => {
    await addUser("eve", "erp_viewer");
    const answers = [
      await login({ login: "eve", password: "wrong" }),
      await login({ login: "nobody" }),
      await login({ tenant: "nowhere" }),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(401);
      expect((body as { detail: string }).detail).toBe("The tenant, the login or the password is wrong.");
    }
  });

  it("limits failed logins of one person, and a success begins anew", async () => {
    await addUser("bob", "erp_viewer");
    const statuses: number[] = [];
    for (let i = 0; i < 7; i++) statuses.push((await login({ login: "bob", password: "wrong" })).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429]);
    const limited = await login({ login: "bob" });
    expect([limited.status, Number(limited.headers.get("retry-after")) > 0]).toEqual([429, true]);
    expect(limited.body).toMatchObject({ code: "LIMITED" });
  });

  it("ends a person's sessions with a new password, and refuses a disabled person", async () => {
    const { id } = (await addUser("cyd", "erp_viewer")).body as { id: string };
    const { token } = (await login({ login: "cyd" })).body as { token: string };
    const patch = (body: object, headers = {}) =>
      harness.call("PATCH", `/api/v1/users/${id}`, { key: admin, body, headers });
    const changed = await patch({ password: "another long password" }, { "if-match": '"1"' });
    expect([changed.status, changed.headers.get("etag")]).toEqual([200, '"2"']);
    expect((await harness.call("GET", "/api/v1/auth/me", { key: token })).status).toBe(401);
    expect((await patch({ disabled: true }, { "if-match": '"1"' })).body).toMatchObject({
      code: "STALE",
      current: { version: 2 },
    });
    await patch({ disabled: true });
    expect((await login({ login: "cyd", password: "another long password" })).status).toBe(401);
    expect((await harness.call("DELETE", `/api/v1/users/${id}`, { key: admin })).status).toBe(204);
    expect((await harness.call("GET", `/api/v1/users/${id}`, { key: admin })).status).toBe(404);
  });

  it("refuses a taken login, a weak password, an unknown role and unknown members", async () => {
    await addUser("dan", "erp_viewer");
    expect((await addUser("DAN", "erp_viewer")).body).toMatchObject({ status: 409, code: "CONFLICT" });
    const bad = { login: "x", password: "short", role: "erp_viewer", admin: true };
    const answer = await harness.call("POST", "/api/v1/users", { key: admin, body: bad });
    expect(answer.status).toBe(422);
    const { errors } = answer.body as { errors: { field: string; rule: string; value: unknown }[] };
    expect(errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ field: "admin", rule: "unknownMember" }),
        expect.objectContaining({ field: "password", rule: "matches", value: "***" }),
      ]),
    );
    expect((await addUser("f", "root")).body).toMatchObject({ code: "ERP008", errors: [{ field: "role" }] });
  });

  it("keeps keys hashed, lets them expire and be revoked, and hands on no permission that the maker lacks", async () => {
    const make = (body: object, key = admin) => harness.call("POST", "/api/v1/api-keys", { key, body });
    const made = await make({ name: "mes", permissions: ["erp:view", "erp:admin"] });
    expect(made.status).toBe(201);
    const { id, key } = made.body as { id: string; key: string };
    const { rows } = await db.query("select * from gateway.api_keys where id = $1", [id]);
    expect(JSON.stringify(rows)).not.toContain(key);
    expect((await harness.call("GET", "/api/v1/auth/me", { key })).body).toMatchObject({
      permissions: ["erp:admin", "erp:view"],
    });
    expect((await make({ name: "more", role: "erp_admin" }, key)).body).toMatchObject({ code: "FORBIDDEN" });
    expect((await make({ name: "both", role: "erp_admin", permissions: ["erp:view"] })).status).toBe(422);
    expect((await make({ name: "past", role: "erp_viewer", expiresAt: "2020-01-01T00:00:00Z" })).status).toBe(422);
    expect((await harness.call("DELETE", `/api/v1/api-keys/${id}`, { key: admin })).status).toBe(204);
    expect((await harness.call("GET", "/api/v1/auth/me", { key })).status).toBe(401);
    const soon = new Date(Date.now() + 150).toISOString();
    const short = (await make({ name: "short", role: "erp_viewer", expiresAt: soon })).body as { key: string };
    expect((await harness.call("GET", "/api/v1/auth/me", { key: short.key })).status).toBe(200);
    while (Date.now() <= Date.parse(soon)) await new Promise((resolve) => setImmediate(resolve));
    expect((await harness.call("GET", "/api/v1/auth/me", { key: short.key })).status).toBe(401);
  });

  it("pages lists and refuses a foreign cursor", async () => {
    const seen: string[] = [];
    let cursor = "";
    do {
      const page = await harness.call("GET", `/api/v1/api-keys?limit=2${cursor && `&cursor=${cursor}`}`, {
        key: admin,
      });
      const { items, next } = page.body as { items: { id: string }[]; next: string | null };
      expect(items.length).toBeLessThanOrEqual(2);
      seen.push(...items.map(({ id }) => id));
      cursor = next ?? "";
    } while (cursor !== "");
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe((await db.query("select 1 from gateway.api_keys")).rowCount);
    const wrong = await harness.call("GET", "/api/v1/api-keys?cursor=%27%27%27", { key: admin });
    expect([wrong.status, (wrong.body as { code: string }).code]).toEqual([400, "ERP008"]);
    const foreign = Buffer.from("a b; c").toString("base64url");
    expect((await harness.call("GET", `/api/v1/api-keys?cursor=${foreign}`, { key: admin })).status).toBe(400);
  });

  it("makes a tenant once per Idempotency-Key, with its key, its bus user and its event", async () => {
    const make = (body: object, idempotencyKey?: string) =>
      harness.call("POST", "/api/v1/tenants", {
        key: OPERATOR_KEY,
        body,
        ...(idempotencyKey === undefined ? {} : { headers: { "idempotency-key": idempotencyKey } }),
      });
    const first = await make({ name: "acme", plan: "ENTERPRISE_PRO" }, "make-acme");
    expect(first.status).toBe(201);
    const again = await make({ name: "acme", plan: "ENTERPRISE_PRO" }, "make-acme");
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect((await make({ name: "acme" }, "other")).body).toMatchObject({ status: 409, code: "CONFLICT" });
    expect((await make({ name: "acme" }, "make-acme")).body).toMatchObject({ status: 409, code: "CONFLICT" });
    expect((await make({ name: "Not A Name" })).status).toBe(422);
    const tenants = await harness.call("GET", "/api/v1/tenants", { key: OPERATOR_KEY });
    expect((tenants.body as { items: { name: string }[] }).items.map(({ name }) => name)).toEqual(["acme", "demo"]);
    const one = await harness.call("GET", "/api/v1/tenants/acme", { key: OPERATOR_KEY });
    expect(one.body).toMatchObject({ name: "acme", plan: "ENTERPRISE_PRO" });
    expect(one.text).not.toContain("dvk_");
    const events = await db.query("select type, data from gateway.event_log where tenant = 'acme'");
    expect(events.rows).toEqual([
      { type: "tenant.created", data: { tenantId: (one.body as { id: string }).id, name: "acme" } },
    ]);
  });

  it("writes no key, token or password to its log", () => {
    const log = harness.lines.join("");
    expect(log).toContain('"route":"/api/v1/users"');
    for (const secret of [PASSWORD, OPERATOR_KEY, admin]) expect(log).not.toContain(secret);
  });
});
