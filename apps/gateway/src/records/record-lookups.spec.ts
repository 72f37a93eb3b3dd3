import { JsonText, JsonTexts, ProblemError, type CallContext, type GetRecords } from "@dovetail/contracts";
import fc from "fast-check";
import type { BusLink } from "../bus/bus-link";
import { RecordLookups } from "./record-lookups";

/** Stands behind the bus: knows the records of its tenants, and notes every call. */
class Behind {
  readonly calls: { tenantId: string; keys: string[] }[] = [];
  failing: Error | undefined;
  mostAnswers = 1000;

  async call(_operation: unknown, ctx: CallContext, { keys }: GetRecords): Promise<JsonTexts> {
    this.calls.push({ tenantId: ctx.tenantId, keys });
    await new Promise(setImmediate);
    if (this.failing) throw this.failing;
    const answered = keys.slice(0, this.mostAnswers);
    return new JsonTexts(
      answered.map((key) => (key.startsWith("no") ? null : new JsonText(`"${ctx.tenantId}/${key}"`, 1))),
    );
  }
}

function lookups(behind: Behind): RecordLookups {
  return new RecordLookups(behind as unknown as BusLink);
}

function asker(tenantId: string): CallContext {
  return { tenantId, tenant: tenantId, actor: { kind: "key", id: "k", permissions: ["erp:view"] } };
}

const A = asker("a");

describe("reads of single records", () => {
  it("go together in few calls, each with its own answer", async () => {
    const behind = new Behind();
    const reads = lookups(behind);
    const keys = Array.from({ length: 250 }, (_, i) => `k${i}`);
    const found = await Promise.all(keys.map((key) => reads.find(A, "Part", key)));
    expect(found.map(({ text }) => text)).toEqual(keys.map((key) => `"a/${key}"`));
    expect(behind.calls.map((call) => call.keys.length).sort()).toEqual([100, 100, 50]);
  });

  it("are never shared by two tenants", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.nat(20))), async (asked) => {
        const behind = new Behind();
        const reads = lookups(behind);
        const found = await Promise.all(asked.map(([tenant, n]) => reads.find(asker(tenant), "Part", `${tenant}${n}`)));
        expect(found.map(({ text }) => text)).toEqual(asked.map(([tenant, n]) => `"${tenant}/${tenant}${n}"`));
        for (const { tenantId, keys } of behind.calls) for (const key of keys) expect(key[0]).toBe(tenantId);
      }),
    );
  });

  it("ask again for what did not go into an answer", async () => {
    const behind = new Behind();
    behind.mostAnswers = 3;
    const reads = lookups(behind);
    const found = await Promise.all(Array.from({ length: 10 }, (_, i) => reads.find(A, "Part", `k${i}`)));
    expect(found.map(({ text }) => text)).toEqual(Array.from({ length: 10 }, (_, i) => `"a/k${i}"`));
  });

  it("say of each record whether there is one", async () => {
    const reads = lookups(new Behind());
    const [one, two] = await Promise.allSettled([reads.find(A, "Part", "none"), reads.find(A, "Part", "some")]);
    expect(one).toMatchObject({ status: "rejected", reason: { code: "NOT_FOUND" } });
    expect(two).toMatchObject({ status: "fulfilled" });
  });

  it("fail together, and the next ones go on", async () => {
    const behind = new Behind();
    behind.failing = new ProblemError("UNAVAILABLE", "away");
    const reads = lookups(behind);
    const failed = await Promise.allSettled(["x", "y"].map((key) => reads.find(A, "Part", key)));
    expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    behind.failing = undefined;
    await expect(reads.find(A, "Part", "x")).resolves.toMatchObject({ text: '"a/x"' });
  });

  it("end when the owner answers nothing at all", async () => {
    const behind = new Behind();
    behind.mostAnswers = 0;
    await expect(lookups(behind).find(A, "Part", "x")).rejects.toMatchObject({ code: "INTERNAL" });
  });

  it("are to be repeated when the owner answers in another version's form", async () => {
    const old = { call: async () => ({ items: [] }) };
    const reads = new RecordLookups(old as unknown as BusLink);
    await expect(reads.find(A, "Part", "x")).rejects.toMatchObject({
      problem: { code: "UNAVAILABLE", status: 503, retryable: true },
    });
  });
});
