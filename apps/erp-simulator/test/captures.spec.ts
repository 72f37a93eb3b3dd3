import { startSimulator, type Running } from "../src/start";
import { isObject, type Json, type JsonObject } from "../src/odoo/values";
import { captureFiles, capturesPresent, readCapture, Replayer, type Capture } from "./replay";
import { shapeDifferences } from "./shape";

/** Captures that are no request and answer, and why. */
const NOT_REPLAYED: Record<string, string> = {
  "121-late-commit-and-webhook-before-commit.json": "a narrative of timings, told by faults.int-spec.ts instead",
};
/** Its calls are replayed one by one; the pushes it recorded are the server's own requests. */
const CALL_LIST = "120-base_automation-webhook.json";

if (!capturesPresent) {
  console.warn("captures of running servers are absent: replay skipped");
}

describe.each([
  ["odoo14", 14],
  ["odoo19", 19],
] as const)("requests captured from %s", (system, version) => {
  const files = captureFiles(system).filter((file) => !(file in NOT_REPLAYED) && file !== CALL_LIST);
  let running: Running;
  let replayer: Replayer;

  beforeAll(async () => {
    running = await startSimulator({ version, demo: false });
    // The first partners share one second; everything else is later, as in the captured database.
    running.odoo.clock({ advanceMs: 60_000 });
    running.odoo.addDemo({
      suppliers: 12,
      customers: 3,
      products: 20,
      purchaseOrders: 8,
      salesOrders: 2,
      manufacturingOrders: 1,
    });
    await running.odoo.call("res.partner", "create", [{ name: "Ready Mat", is_company: true }]);
    running.odoo.clock({ advanceMs: 60_000 });
    replayer = new Replayer(running);
  });
  afterAll(() => running?.stop());

  if (files.length === 0) it.skip("captures are absent", () => undefined);
  it.each(files)("%s", async (file) => {
    const capture = { file, ...(readCapture(system, file) as Omit<Capture, "file">) };
    const answer = await replayer.send(capture);
    expect(answer.status).toBe(capture.response.status);
    expect(mediaType(answer.contentType)).toBe(mediaType(headerOf(capture, "content-type")));
    if (file.startsWith("06-")) expect(fieldFacts(answer.body)).toEqual(fieldFacts(capture.response.body));
    if (typeof capture.response.body === "string") expect(typeof answer.body).toBe("string");
    else expect(shapeDifferences(capture.response.body, answer.body)).toEqual([]);
    if (isPaging(file)) expect(standsStill(answer.body)).toBe(standsStill(capture.response.body));
  });

  if (captureFiles(system).includes(CALL_LIST)) {
    it(CALL_LIST, async () => {
      const { calls } = readCapture(system, CALL_LIST) as { calls: { request: Json; response: Json }[] };
      for (const { request, response } of calls) {
        const body = { method: "POST", path: "/jsonrpc", body: request };
        const answer = await replayer.send({
          file: CALL_LIST,
          request: body,
          response: { status: 200, headers: [], body: response },
        });
        expect(answer.status).toBe(200);
        expect(shapeDifferences(response, answer.body)).toEqual([]);
      }
    });
  }
});

function headerOf(capture: Capture, name: string): string {
  return capture.response.headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? "";
}

function mediaType(contentType: string): string {
  return contentType.split(";")[0] ?? "";
}

/** What `fields_get` says of each field, labels aside. */
function fieldFacts(body: Json): Json {
  const result = (isObject(body) ? body["result"] : null) ?? {};
  return Object.fromEntries(
    Object.entries(result as JsonObject).map(([name, field]) => {
      const facts = Object.entries(field as JsonObject).filter(([attribute]) => attribute !== "string");
      return [name, Object.fromEntries(facts)];
    }),
  );
}

const isPaging = (file: string): boolean => /^5[1-4]-/.test(file);

/** Whether a page asked for after a stamp begins with that same second again. */
function standsStill(body: Json): boolean | string {
  const rows = (isObject(body) ? body["result"] : null) as JsonObject[] | null;
  if (!Array.isArray(rows) || rows.length === 0) return "empty";
  return rows.every((row) => row["write_date"] === rows[0]?.["write_date"]);
}
