import type { SystemDescription } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { ACME, FILE_TEMPLATE, FILES } from "../../test/acme";
import { claim, made, refusals, refused } from "../../test/rules";
import { checkCredentials } from "./connection-rules";
import type { Claims } from "./entity-rules";
import type { IntegrationDocument } from "./integration";
import {
  completeDocument,
  completePlain,
  credentialNames,
  patchedDocument,
  touchesConnection,
} from "./integration-rules";
import { checkSchedule, cronFault } from "./schedule-rules";
import { withTemplate } from "./template-rules";

describe("schedules", () => {
  it.each(["*/15 * * * *", "0 2 * * 1-5", "@daily", "0 */2 * * * *"])("take %s", (text) => {
    expect(cronFault(text)).toBeUndefined();
  });

  it.each([
    ["nonsense"],
    [""],
    ["61 * * * *"],
    ["*/5 * * *"],
    ["0 0 31 2 *"],
    ["2030-01-01T00:00:00"],
    [5],
    ["* ".repeat(150)],
  ])("refuse %s", (text) => {
    expect(cronFault(text)).toEqual(expect.any(String));
  });

  it("SYN-1: maintenance is windows of minutes; nonsense is refused by name, and nothing is made", () => {
    const maintenance = [{ cron: "0 22 * * 6", minutes: 120 }];
    expect(made({ syncSchedule: { maintenance } }).syncSchedule).toEqual({ maintenance });
    const bad: JsonObject[string][] = [
      { cron: "at night", minutes: 120 },
      { cron: "0 22 * * 6", minutes: -1 },
      { minutes: 5, until: "noon" },
      "sunday",
    ];
    const faults = checkSchedule({ maintenance: bad });
    expect(faults.map(({ field, rule }) => `${field} ${rule}`)).toEqual([
      "syncSchedule.maintenance[0].cron cron",
      "syncSchedule.maintenance[1].minutes range",
      "syncSchedule.maintenance[2].until unknown",
      "syncSchedule.maintenance[2].cron cron",
      "syncSchedule.maintenance[3].cron cron",
      "syncSchedule.maintenance[3].minutes range",
    ]);
    expect(checkSchedule({ maintenance: "always" })).toMatchObject([{ field: "syncSchedule.maintenance" }]);
    expect(() => made({ syncSchedule: { maintenance: bad } })).toThrow(expect.objectContaining({ code: "ERP008" }));
  });

  it("stand for the integration, an entity or a group", () => {
    const good = {
      enabled: true,
      interval: "*/15 * * * *",
      suppliers: "0 2 * * *",
      masterData: "0 1 * * *",
      all: "@hourly",
    };
    expect(checkSchedule(good)).toEqual([]);
    expect(made({ syncSchedule: good }).syncSchedule).toEqual(good);
    const faults = checkSchedule({ enabled: "yes", interval: "often", planets: "@daily", suppliers: 3 });
    expect(faults.map(({ field, rule }) => `${field} ${rule}`)).toEqual([
      "syncSchedule.enabled type",
      "syncSchedule.interval cron",
      "syncSchedule.planets unknown",
      "syncSchedule.suppliers cron",
    ]);
  });
});

describe("the connection", () => {
  it.each<[string, JsonObject, string]>([
    ["an auth method the system lacks", { authMethod: "SSH_KEY" }, "authMethod offered"],
    ["a missing member", { apiEndpoint: null }, "apiEndpoint required"],
    ["a missing setting", { settings: {} }, "settings.database required"],
    ["an address that is none", { apiEndpoint: "erp.example.com" }, "apiEndpoint url"],
    ["a password in the address", { apiEndpoint: "https://me:pw@erp.example.com" }, "apiEndpoint url"],
    ["two lines", { apiEndpoint: "https://erp.example.com\nx" }, "apiEndpoint singleLine"],
    ["a pattern", { settings: { database: "O 14" } }, "settings.database pattern"],
    ["a text that is none", { settings: { database: 14 } }, "settings.database type"],
    ["a number that is none", { settings: { database: "a", pages: 1.5 } }, "settings.pages type"],
    ["a number out of range", { settings: { database: "a", pages: 10 } }, "settings.pages range"],
    ["another choice", { settings: { database: "a", mode: "lazy" } }, "settings.mode choice"],
    ["a flag that is none", { settings: { database: "a", archived: "no" } }, "settings.archived type"],
    ["a code too short", { settings: { database: "a", company: "1" } }, "settings.company minLength"],
    ["a code too long", { settings: { database: "a", company: "12345" } }, "settings.company maxLength"],
    ["an unknown setting", { settings: { database: "a", databse: "b" } }, "settings.databse unknownMember"],
    [
      "a credential among settings",
      { settings: { database: "a", apiPassword: "pw" } },
      "settings.apiPassword unknownMember",
    ],
  ])("is refused: %s", (_what, given, refusal) => {
    expect(refused(given)).toEqual([refusal]);
  });

  it("takes free JSON where the system does, and fields of another auth method may be absent", () => {
    const settings = {
      database: "a",
      company: "123",
      archived: true,
      units: { "Pack of 6": "PK" },
      pages: 3,
      mode: "slow",
    };
    expect(made({ settings }).settings).toEqual(settings);
    expect(refused({ authMethod: "API_KEY" })).toEqual(["settings.realm required"]);
  });

  it("never repeats a value that may be a secret", () => {
    const given = { settings: { database: "a", apiPassword: "hunter2", clientSecretX: "hunter2" } };
    expect(JSON.stringify(refusals(() => made(given)))).not.toContain("hunter2");
  });

  it("shows an address without its password", () => {
    const [fault] = refusals(() => made({ apiEndpoint: "https://me:hunter2@erp.example.com" }));
    expect(fault?.value).toContain("erp.example.com");
    expect(fault?.value).not.toContain("hunter2");
  });

  it("of a system without fields has none to check", () => {
    const system: SystemDescription = { ...ACME, connection: {}, auth: [] };
    expect(refusals(() => completeDocument({}, { system, others: [] }))[0]).toMatchObject({ field: "authMethod" });
  });
});

describe("new credentials", () => {
  const faults = (set: string[], authMethod = "BASIC") =>
    checkCredentials(ACME, authMethod, set).map(({ field, rule }) => `${field} ${rule}`);

  it("are those that the adapter has and asks for, or none yet", () => {
    expect(faults([])).toEqual([]);
    expect(faults(["apiUsername", "apiPassword"])).toEqual([]);
    expect(faults(["apiPassword", "clientId"])).toEqual(["clientId unknownMember"]);
    const key = { name: "privateKey", in: "credentials", required: true, auth: ["SSH_KEY"] };
    const system = { ...ACME, connection: { fields: [{ name: "apiToken", in: "credentials" }, key] } };
    const missing = checkCredentials(system, "SSH_KEY", ["apiToken"]);
    expect(missing.map(({ field, rule }) => `${field} ${rule}`)).toEqual(["privateKey required"]);
    expect(checkCredentials(system, "BASIC", ["apiToken"])).toEqual([]);
  });

  it("are refused with the rest of the integration", () => {
    const surroundings = { system: ACME, others: [], credentials: ["hostKey"] };
    const document = { apiEndpoint: "https://erp.example.com", settings: {} };
    expect(refusals(() => completeDocument(document, surroundings)).map(({ field }) => field)).toEqual([
      "settings.database",
      "hostKey",
    ]);
  });
});

describe("a template", () => {
  const given = (members: JsonObject, others: Claims[] = []) =>
    withTemplate(members, FILE_TEMPLATE, FILES.entities, others);

  it("fills what is left out, down to members of objects", () => {
    const filled = given({ settings: { root: "/x" }, entities: { Supplier: { pageSize: 7 }, Port: null } });
    expect(filled).toEqual({
      authMethod: "NONE",
      settings: { root: "/x" },
      syncSchedule: { enabled: true, interval: "@hourly" },
      entities: {
        Supplier: { direction: "both", master: true, schedule: "0 2 * * *", pageSize: 7 },
        PurchaseOrder: { direction: "both", master: true },
      },
    });
    expect(given({ authMethod: "BASIC" })["authMethod"]).toBe("BASIC");
    expect(withTemplate({ a: 1 }, null, FILES.entities, [])).toEqual({ a: 1 });
  });

  it("takes nothing from a master: it then writes, or leaves the entity out", () => {
    const others = [claim("first", "Supplier", { master: true }), claim("second", "Port", { master: true })];
    expect(given({}, others)["entities"]).toEqual({
      Supplier: { direction: "outbound", master: false, schedule: "0 2 * * *" },
      PurchaseOrder: { direction: "both", master: true },
    });
  });
});

describe("patches", () => {
  const before: IntegrationDocument = made({
    entities: { PurchaseOrder: {}, Part: { keyPrefix: "A" } },
    description: "old",
  });
  const after = (patch: JsonObject, others: Claims[] = []) =>
    completeDocument(patchedDocument(before, patch), { system: ACME, others });

  it("merge, and null takes a member back to its default", () => {
    const changed = after({ description: null, entities: { Part: null, PurchaseOrder: { pageSize: 5 } } });
    expect(changed.description).toBe("");
    expect(changed.entities.Part).toBeUndefined();
    expect(changed.entities.PurchaseOrder).toMatchObject({ direction: "both", master: true, pageSize: 5 });
    expect(Object.keys(after({ entities: null }).entities)).toEqual(["Supplier", "PurchaseOrder", "Part"]);
  });

  it("that turn an entity to pushes only take its ownership, and back again", () => {
    const pushed = after({ entities: { PurchaseOrder: { direction: "outbound" } } });
    expect(pushed.entities.PurchaseOrder).toMatchObject({ direction: "outbound", master: false, keyPrefix: null });
    const back = { entities: { PurchaseOrder: { direction: "inbound" } } };
    const read = completeDocument(patchedDocument(pushed, back), { system: ACME, others: [] });
    expect(read.entities.PurchaseOrder).toMatchObject({ direction: "inbound", master: true });
    expect(after({ entities: { Part: { direction: "inbound" } } }).entities.Part).toMatchObject({ keyPrefix: "A" });
  });

  it("of descriptions and schedules need no look at the ERP", () => {
    expect(touchesConnection({ description: "x", limits: {} })).toBe(false);
    expect(touchesConnection({ settings: {} })).toBe(true);
    const plain = completePlain(patchedDocument(before, { description: "new", critical: true }), before);
    expect(plain).toEqual({ ...before, description: "new", critical: true });
    expect(refusals(() => completePlain({ syncSchedule: { interval: "x" } }, before))).toHaveLength(1);
  });
});

describe("credentials", () => {
  it("say which names are set", () => {
    expect(credentialNames({ box: {}, summary: { set: ["apiUsername"] } })).toEqual(["apiUsername"]);
    const bad: JsonObject[] = [{}, { set: "apiUsername" }, { set: ["hunter2"] }];
    for (const summary of bad) expect(refusals(() => credentialNames({ box: {}, summary }))).toHaveLength(1);
  });
});
