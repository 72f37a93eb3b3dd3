import { integrationConfig, readEvents, type CallContext, type DomainEvent } from "@dovetail/contracts";
import { openDatabase } from "@dovetail/database";
import { ConfigError } from "@dovetail/service-kit";
import { eventually } from "@dovetail/testing";
import { acme, auditOf, BOX, create, newTenant, problemOf, startHarness, type Harness } from "../test/harness";
import { startIntegrationConfig } from "./start";

let h: Harness;
let ctx: CallContext;

beforeEach(async () => {
  h = await startHarness();
  ctx = newTenant();
});
afterEach(() => h?.stop());

const eventsOf = async (tenant: CallContext): Promise<DomainEvent[]> =>
  (await h.bus.call(readEvents["integration-config"], tenant, { consumer: "spec", after: 0, limit: 100 })).events;

/** One of each administrative act. */
async function everyAct(): Promise<string> {
  const { id } = await create(h.bus, ctx, "impact");
  await h.bus.call(integrationConfig.update, ctx, {
    id,
    patch: { critical: true },
    credentials: { box: BOX, summary: { set: ["apiToken"] } },
  });
  await h.bus.call(integrationConfig.setStatus, ctx, { id, status: "PAUSED" });
  const document = { mappings: [{ mesField: "supplierNumber", erpField: "CODE", isRequired: true }] };
  await h.bus.call(integrationConfig.putMapping, ctx, { integration: id, entityType: "Supplier", document });
  await h.bus.call(integrationConfig.remove, ctx, { id });
  return id;
}

describe("integration-config", () => {
  it("tells every act in its log, in order, to the stream too", async () => {
    const heard: string[] = [];
    h.bus.subscribeCore(`log.integration-config.${ctx.tenant}.>`, (_json, subject) => {
      heard.push(subject.split(".").slice(3).join("."));
    });
    const id = await everyAct();
    const told = await eventually(async () => {
      const events = await eventsOf(ctx);
      expect(events).toHaveLength(5);
      return events;
    });
    const named = (version: number) => ({ integrationId: id, name: "impact", version });
    expect(told.map(({ position, type, data, source }) => ({ position, type, data, source }))).toEqual(
      [
        { type: "integration.created", data: named(1) },
        { type: "integration.updated", data: named(2) },
        { type: "integration.updated", data: named(3) },
        { type: "mapping.updated", data: { integrationId: id, entityType: "Supplier", version: 2 } },
        { type: "integration.deleted", data: named(4) },
      ].map((event, index) => ({ ...event, position: index + 1, source: "/integrations/impact" })),
    );
    await eventually(() => expect(heard).toEqual(told.map(({ type }) => type)));
    expect(await eventsOf(newTenant())).toEqual([]);
  });

  it("writes who did what to the audit, without credentials, and nobody can change it", async () => {
    await everyAct();
    const rows = await auditOf(h, ctx);
    expect(rows).toMatchObject([
      { action: "INTEGRATION_CREATE", subject: "impact", actor_kind: "user", actor_id: "ada", previous: null },
      { action: "INTEGRATION_UPDATE", previous: { version: 1, critical: false }, next: { version: 2, critical: true } },
      { action: "PAUSE", previous: { status: "ACTIVE" }, next: { status: "PAUSED" } },
      { action: "MAPPING_UPDATE", subject: "impact/Supplier" },
      { action: "INTEGRATION_DELETE", previous: { version: 3 }, next: null },
    ]);
    expect(JSON.stringify(rows)).not.toContain(BOX.ct);
    for (const text of [
      "update integration_config.audit set action = 'x'",
      "delete from integration_config.audit",
      "update integration_config.mappings set origin = 'tenant'",
      "delete from integration_config.mappings",
    ])
      await expect(h.admin.query(text)).rejects.toMatchObject({ code: "23000" });
  });

  it("writes neither audit nor event of what it refuses", async () => {
    await create(h.bus, ctx, "impact");
    await problemOf(h.bus, integrationConfig.create, ctx, acme("impact"));
    await problemOf(h.bus, integrationConfig.update, ctx, { id: "impact", patch: { entities: { Ticket: {} } } });
    await problemOf(h.bus, integrationConfig.setStatus, ctx, { id: "nobody", status: "PAUSED" });
    expect(await auditOf(h, ctx)).toHaveLength(1);
    await eventually(async () => expect(await eventsOf(ctx)).toHaveLength(1));
  });

  it("keeps tenants apart", async () => {
    const other = newTenant();
    const mine = await create(h.bus, ctx, "impact");
    const theirs = await create(h.bus, other, "impact");
    expect(theirs.entities.Part).toMatchObject({ master: true });
    const { id } = mine;
    const calls = [
      problemOf(h.bus, integrationConfig.get, other, { id }),
      problemOf(h.bus, integrationConfig.connection, other, { id }),
      problemOf(h.bus, integrationConfig.update, other, { id, patch: { critical: true } }),
      problemOf(h.bus, integrationConfig.setStatus, other, { id, status: "PAUSED" }),
      problemOf(h.bus, integrationConfig.remove, other, { id }),
      problemOf(h.bus, integrationConfig.mapping, other, { integration: id, entityType: "Supplier" }),
      problemOf(h.bus, integrationConfig.mappings, other, { integration: id }),
    ];
    for (const problem of await Promise.all(calls)) expect(problem.code).toBe("NOT_FOUND");
    expect(await h.bus.call(integrationConfig.get, ctx, { id })).toEqual(mine);
    expect((await h.bus.call(integrationConfig.list, other, {})).items).toEqual([theirs]);
  });

  it("forces row-level security on every table with a tenant", async () => {
    const { rows } = await h.admin.query<{ name: string; forced: boolean; tenant: boolean }>(
      `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
         exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id') as tenant
       from pg_class c where c.relnamespace = 'integration_config'::regnamespace and c.relkind = 'r' order by 1`,
    );
    const tenants = rows.filter(({ tenant }) => tenant);
    expect(tenants.map(({ name }) => name)).toEqual(expect.arrayContaining(["audit", "integrations", "mappings"]));
    for (const table of tenants) expect(table).toMatchObject({ forced: true });
    await create(h.bus, ctx, "impact");
    const url = h.database.urlFor("integration_config", "run");
    const db = await openDatabase({ url, schema: "integration_config", applicationName: "spec" });
    for (const table of ["integrations", "mappings", "audit"])
      expect(await db.call({ text: `select * from ${table}`, values: [] })).toEqual([]);
    await db.close();
  });

  it("changes descriptions without the sync-engine, and says when it needs it", async () => {
    await create(h.bus, ctx, "impact");
    await h.engine.stop();
    const changed = await h.bus.call(integrationConfig.update, ctx, { id: "impact", patch: { description: "new" } });
    expect(changed).toMatchObject({ description: "new", version: 2 });
    const patch = { settings: { mode: "slow" } };
    expect(await problemOf(h.bus, integrationConfig.update, ctx, { id: "impact", patch })).toMatchObject({
      code: "UNAVAILABLE",
      status: 503,
    });
  });

  it("reports its health and measures its operations", async () => {
    await create(h.bus, ctx, "impact");
    const ask = (path: string) => fetch(`${h.running.url}${path}`);
    expect((await ask("/health/ready")).status).toBe(200);
    const metrics = await (await ask("/metrics")).text();
    expect(metrics).toContain('dovetail_config_acts_total{operation="INTEGRATION_CREATE"');
    expect(metrics).toContain('operation="dovetail.integration-config.integrations.create"');
    await h.nats.kill();
    await eventually(async () => expect((await ask("/health/ready")).status).toBe(503));
    await h.nats.restart();
    await eventually(async () => expect((await ask("/health/ready")).status).toBe(200));
    const made = await eventually(() => h.bus.call(integrationConfig.get, ctx, { id: "impact" }));
    expect(made.name).toBe("impact");
  });

  it("does not start with a wrong configuration", async () => {
    await expect(startIntegrationConfig({ env: {} })).rejects.toBeInstanceOf(ConfigError);
  });
});
