import type { RecordView } from "@dovetail/contracts";
import { eventually } from "@dovetail/testing";
import { randomUUID } from "node:crypto";
import type { JsonObject } from "@dovetail/domain";
import { refusedPublishes, refusedSubscriptions } from "./bus-crossing";
import { crossedTenants, type CrossedTenants } from "./crossed-tenants";
import { routesOf, type Route } from "./routes";
import { SCHEMAS, TableCrossing, type Table } from "./table-crossing";

let crossed: CrossedTenants;
let crossing: TableCrossing;

beforeAll(async () => {
  crossed = await crossedTenants();
  crossing = await TableCrossing.open(crossed.world.database.adminUrl);
}, 90_000);
afterAll(async () => {
  await crossing?.close();
  await crossed?.close();
});

describe("no table lets one tenant reach another's rows", () => {
  const NOTHING = { seen: 0, updated: 0, deleted: 0, inserted: "42501" };
  let tables: Table[];

  beforeAll(async () => {
    tables = await crossing.tables();
  });

  it("every table but these belongs to tenants, with forced row-level security", () => {
    const free = tables.filter(({ tenant }) => !tenant).map(({ schema, name }) => `${schema}.${name}`);
    // which cluster the data was written in: known before any tenant is
    const ofAll = [
      ...SCHEMAS.flatMap((schema) => [`${schema}.leases`, `${schema}.migrations`]),
      "sync_engine.database_generations",
    ];
    expect(free).toEqual(ofAll.sort());
    expect(tables.filter(({ tenant, forced }) => tenant && !forced)).toEqual([]);
  });

  it.each(["another", "no"])("not in the name of %s tenant", async (whose) => {
    const tenant = whose === "no" ? null : crossed.poor.id;
    for (const table of tables.filter((each) => each.tenant)) {
      const reach = await crossing.reach(table, table.schema, { victim: crossed.rich.id, tenant });
      expect([table.schema, table.name, reach]).toEqual([table.schema, table.name, NOTHING]);
    }
  });

  it("although its own service reaches them in the tenant's name", async () => {
    for (const table of tables.filter((each) => each.tenant)) {
      const own = { victim: crossed.rich.id, tenant: crossed.rich.id };
      const { seen } = await crossing.reach(table, table.schema, own);
      expect([table.schema, table.name, Number(seen) > 0]).toEqual([table.schema, table.name, true]);
    }
  });

  it("and no service reads another's schema; dispatchers see routing rows and the log alone", async () => {
    for (const schema of SCHEMAS) {
      const own = tables.filter((table) => table.schema === schema).map(({ name }) => `${schema}.${name}`);
      expect(await crossing.readable(schema)).toEqual(own);
      const routing = ["event_log", "log_consumers", "log_heads", "requests", "work"].map(
        (name) => `${schema}.${name}`,
      );
      expect(await crossing.readable(`${schema}_dispatch`)).toEqual(routing.filter((name) => own.includes(name)));
    }
    const definers = await crossing.definers();
    expect(definers.filter((name) => !name.startsWith("gateway_lookup "))).toEqual([]);
  });
});

describe("no route lets one tenant reach another's objects", () => {
  let routes: Route[];
  let before: Record<string, string>;

  beforeAll(async () => {
    const { world, objects } = crossed;
    routes = routesOf(await world.client().get(`${world.gatewayUrl}/docs/openapi.json`), objects);
    before = await settledDigests();
  });

  /** What the rich tenant did itself, such as a notice on its way, has come to rest. */
  async function settledDigests(): Promise<Record<string, string>> {
    let last = "";
    let since = performance.now();
    return eventually(
      async () => {
        const now = await crossing.digests(crossed.rich.id);
        if (JSON.stringify(now) !== last) since = performance.now();
        last = JSON.stringify(now);
        if (performance.now() - since < 1000) throw new Error("it still changes");
        return now;
      },
      { timeoutMs: 30_000 },
    );
  }

  /** Texts of the rich tenant that must stand in no answer to another. */
  function marks(): string[] {
    const { key, integration, ...ids } = crossed.objects;
    return [...Object.values(ids), "Rich", "rich.example.com", crossed.rich.id].filter((mark) => mark.length > 8);
  }

  it("finds every object of a path for none but its tenant", async () => {
    const named = routes.filter(({ names }) => names);
    expect(named.length).toBeGreaterThan(40);
    const answers: string[] = [];
    for (const { method, path, body } of named) {
      const answer = await crossed.poor.api.send(method, path, body === undefined ? {} : { body });
      const told = marks().filter((mark) => answer.text.replace(path, "").includes(mark) && !path.includes(mark));
      // A tenant's key is no operator's key.
      const refusal = path.startsWith("/tenants") ? 401 : 404;
      if (answer.status !== refusal || told.length > 0)
        answers.push(`${method} ${path} ${answer.status} ${answer.text.slice(0, 300)}`);
    }
    expect(answers).toEqual([]);
  });

  it("lists nothing of another tenant", async () => {
    const lists = routes.filter(({ names, method }) => !names && method === "GET");
    expect(lists.length).toBeGreaterThan(12);
    for (const { path } of lists) {
      for (const filter of ["", `integration=${crossed.objects["integration"]}`]) {
        const answer = await crossed.poor.api.send(
          "GET",
          filter ? `${path}${path.includes("?") ? "&" : "?"}${filter}` : path,
        );
        const found = [...marks(), "odoo-of-rich"].filter((mark) => answer.text.includes(mark));
        expect([path, filter !== "" && answer.status >= 400 ? [] : found]).toEqual([path, []]);
        if (answer.status === 200 && Array.isArray(answer.body["items"]) && !/api-keys|systems/.test(path))
          expect([path, answer.body["items"]]).toEqual([path, []]);
      }
    }
  });

  it("changes nothing of another tenant by a list's acts, nor by a record of the same key", async () => {
    const { poor, rich, objects } = crossed;
    const filter = { integration: objects["integration"] };
    const retried = await poor.api.send("POST", "/erp/dead-letters/bulk-retry", { body: { filter } });
    expect([retried.status, retried.text]).toEqual([404, retried.text]);
    const place = `/erp/records/Supplier/${objects["key"]}`;
    const body = { supplierNumber: objects["key"], name: "Of the poor" };
    expect((await poor.api.send("PUT", place, { body })).status).toBe(202);
    expect((await poor.api.get<RecordView>(place)).record).toMatchObject(body);
    expect((await poor.api.send("DELETE", place)).status).toBe(202);
    // Shown to nobody: the rich tenant's key is not used until here, so not a byte of it may have moved.
    expect(await crossing.digests(rich.id)).toEqual(before);
    expect((await rich.api.get<RecordView>(place)).record["name"]).not.toBe("Of the poor");
  });

  it("takes the same name of an integration for each tenant's own", async () => {
    const { poor, rich, erp, objects } = crossed;
    const made = await poor.connectOdoo(objects["integration"] ?? "", erp);
    expect(made["id"]).not.toBe(objects["integrationId"]);
    const own = await poor.api.get(`/erp/integrations/${objects["integration"]}`);
    expect(own["id"]).toBe(made["id"]);
    await poor.api.change("DELETE", `/erp/integrations/${objects["integration"]}`);
    expect((await rich.api.get(`/erp/integrations/${objects["integration"]}`))["id"]).toBe(objects["integrationId"]);
  });

  it("refuses what a key's role does not allow", async () => {
    const { key } = await crossed.rich.api.change("POST", "/api-keys", { name: "viewer", role: "erp_viewer" });
    const viewer = crossed.world.client(String(key));
    const administration = /^\/(users|api-keys)|webhook-secret$/;
    for (const { method, path, body, open } of routes) {
      if (open || /^\/(auth|tenants)/.test(path) || (method === "GET" && !administration.test(path))) continue;
      const answer = await viewer.send(method, path, body === undefined ? {} : { body });
      expect([method, path, answer.status]).toEqual([method, path, 403]);
    }
  });

  it("refuses whoever shows no key", async () => {
    for (const { method, path } of routes.filter(({ open }) => !open)) {
      const answer = await crossed.world.client().send(method, path);
      expect([method, path, answer.status]).toEqual([method, path, 401]);
    }
    const open = [...new Set(routes.filter((route) => route.open).map(({ path }) => path.split("/")[1]))];
    expect(open).toEqual(["auth", "erp", "webhooks"]);
  });
});

describe("no subject lets one tenant reach another", () => {
  it("a tenant's user speaks and hears under its own name only", async () => {
    const { rich, poor } = crossed;
    const module = await poor.module();
    const others = ["mes.rich.Supplier.updated", "erp.rich.Supplier.updated", "erp.poor.Supplier.updated"];
    const inside = [
      "dovetail.sync-engine.records.get",
      "dovetail.gateway.tenants.bus-users",
      "log.gateway.poor.tenant.created",
      "$JS.API.STREAM.NAMES",
      "$JS.API.STREAM.MSG.GET.LOG_SYNC_ENGINE",
      "$SYS.REQ.SERVER.PING",
      `_INBOX.${rich.bus.user}.x`,
    ];
    expect(await refusedPublishes(module, [...others, ...inside])).toEqual([...others, ...inside]);
    const heard = [
      "erp.rich.>",
      "erp.*.>",
      "erp.>",
      "mes.rich.>",
      "mes.>",
      "dovetail.>",
      "log.>",
      "$JS.>",
      "$SYS.>",
      `_INBOX.${rich.bus.user}.>`,
      "_INBOX.>",
      ">",
    ];
    expect(await refusedSubscriptions(module, heard)).toEqual(heard);
    expect(await refusedSubscriptions(module, ["erp.poor.>", `_INBOX.${poor.bus.user}.>`])).toEqual([]);
    await module.close();
  });

  it("a module's request finds only its tenant's records, and is answered to nobody else", async () => {
    const { rich, poor, objects } = crossed;
    const module = await poor.module();
    const neighbour = await rich.module();
    const heard = neighbour.subscribe("erp.rich.>");
    await neighbour.flush();
    const request = (): JsonObject => ({
      specversion: "1.0",
      id: randomUUID(),
      type: "mes.Part.updated",
      source: "/modules/spec",
      tenant: "rich",
      data: { entityType: "Part", key: "PART-OF-RICH", patch: { name: "Of the poor" } },
    });
    const found = await rich.api.all<RecordView>("/erp/records/Part", 1000);
    const key = found[0]?.key ?? objects["key"] ?? "";
    const body = { ...request(), data: { entityType: "Part", key, patch: { name: "Of the poor" } } };
    const answer = (
      await module.request("mes.poor.Part.updated", JSON.stringify(body), { timeout: 5000 })
    ).json<JsonObject>();
    expect(answer).toMatchObject({ code: "NOT_FOUND", status: 404 });
    module.publish("mes.poor.Part.updated", JSON.stringify(request()), { reply: "erp.rich.Part.updated" });
    await module.flush();
    await eventually(async () => {
      const last = await module.request("mes.poor.Part.updated", JSON.stringify(request()), { timeout: 5000 });
      return last.json<JsonObject>()["code"] === "NOT_FOUND";
    });
    await neighbour.flush();
    expect(heard.getReceived()).toBe(0);
    await module.close();
    await neighbour.close();
  });
});
