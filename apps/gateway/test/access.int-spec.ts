import { OPERATOR_KEY, startHarness, type Harness } from "./harness";
import { declaredRoutes } from "./routes";

const VALUES: Record<string, string> = { entityType: "Part", integration: "odoo-demo" };

function address(path: string): string {
  return path.replace(/:(\w+)/g, (_, name: string) => VALUES[name] ?? "x1");
}

const CLOSED = declaredRoutes().filter(
  ({ access }) => access?.kind === "permission" || access?.kind === "signedIn" || access?.kind === "operator",
);

describe("access to every route", () => {
  let harness: Harness;
  const keys: Record<string, string> = {};

  beforeAll(async () => {
    harness = await startHarness();
    keys.admin = (await harness.tenant("one")).key;
    for (const role of ["ERP_Viewer", "erp_operator"]) keys[role.toLowerCase()] = await harness.keyOf(keys.admin, role);
  });

  afterAll(() => harness?.stop());

  it("is declared for each", () => {
    const routes = declaredRoutes();
    expect(routes.length).toBeGreaterThan(50);
    expect(routes.filter(({ access }) => access === undefined).map(({ name }) => name)).toEqual([]);
    const open = routes.filter(({ access }) => access?.kind === "public" || access?.kind === "optional");
    expect(open.map(({ path }) => path)).toEqual(["/api/v1/auth/login", "/api/v1/erp/health"]);
  });

  it.each(CLOSED.map(({ method, path }) => [method, path]))("needs a key: %s %s", async (method, path) => {
    const answer = await harness.call(method ?? "", address(path ?? ""));
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(answer.body).toMatchObject({ code: "AUTH_REQUIRED", type: "/problems/AUTH_REQUIRED", status: 401 });
  });

  const guarded = CLOSED.flatMap(({ method, path, access }) =>
    access?.kind === "permission" && access.permission !== "erp:view" ? [[method, path, access.permission]] : [],
  );
  it.each(guarded)("refuses a viewer: %s %s (%s)", async (method, path, permission) => {
    const answer = await harness.call(method ?? "", address(path ?? ""), { key: keys.erp_viewer ?? "" });
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ code: "FORBIDDEN", detail: expect.stringContaining(permission ?? "") });
  });

  const above = guarded.filter(([, , permission]) => permission !== "erp:sync");
  it.each(above)("refuses an operator: %s %s (%s)", async (method, path) => {
    const answer = await harness.call(method ?? "", address(path ?? ""), { key: keys.erp_operator ?? "" });
    expect(answer.status).toBe(403);
  });

  it("keeps tenants' keys from the operator's routes and the operator's key from the tenants'", async () => {
    for (const [method, path] of [
      ["GET", "/api/v1/tenants"],
      ["POST", "/api/v1/tenants"],
      ["GET", "/api/v1/tenants/one"],
    ] as const)
      expect((await harness.call(method, path, { key: keys.admin ?? "" })).status).toBe(401);
    expect((await harness.call("GET", "/api/v1/erp/integrations", { key: OPERATOR_KEY })).status).toBe(401);
  });

  it("lets a viewer read and hands on who asks", async () => {
    const answer = await harness.call("GET", "/api/v1/erp/integrations", { key: keys.erp_viewer ?? "" });
    expect([answer.status, answer.text]).toEqual([200, '{"items":[],"next":null}']);
    const asked = harness.behind.last("dovetail.integration-config.integrations.list");
    expect(asked).toMatchObject({ tenant: "one", actor: { kind: "key", permissions: ["erp:view"] } });
  });

  it("shows the things of another tenant to nobody", async () => {
    const other = await harness.tenant("two");
    const user = { login: "ada", password: "long enough password", role: "erp_viewer" };
    const made = await harness.call("POST", "/api/v1/users", { key: keys.admin ?? "", body: user });
    const { id } = made.body as { id: string };
    const listed = await harness.call("GET", "/api/v1/api-keys", { key: keys.admin ?? "" });
    const keyId = (listed.body as { items: { id: string }[] }).items[0]?.id;
    for (const [method, path, body] of [
      ["GET", `/api/v1/users/${id}`],
      ["PATCH", `/api/v1/users/${id}`, { displayName: "x" }],
      ["DELETE", `/api/v1/users/${id}`],
      ["GET", `/api/v1/api-keys/${keyId}`],
      ["PATCH", `/api/v1/api-keys/${keyId}`, { name: "x" }],
      ["DELETE", `/api/v1/api-keys/${keyId}`],
    ] as const) {
      const answer = await harness.call(method, path, { key: other.key, ...(body ? { body } : {}) });
      expect([method, path, answer.status]).toEqual([method, path, 404]);
    }
    expect((await harness.call("GET", "/api/v1/users", { key: other.key })).body).toEqual({ items: [], next: null });
  });
});
