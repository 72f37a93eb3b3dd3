import { execFileSync } from "node:child_process";
import { appendFileSync, chownSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checksOf } from "@dovetail/adapter-conformance";
import type { AdapterError, PushRequest } from "@dovetail/adapter-sdk";
import type { JsonObject } from "@dovetail/domain";
import { eventually, FaultProxy } from "@dovetail/testing";
import { fileExchange } from "../src";
import type { FileSession } from "../src/session";
import { deliver, openFolder, readAll } from "./exchange";
import { fileHarness } from "./file-harness";
import { byOpenSsh, OpenSsh } from "./openssh";

const SUPPLIERS: JsonObject = { entityType: "Supplier", pattern: "Vendor*.csv", key: ["VendorID"] };
const HEAD = "VendorID,Name\n";
const request: PushRequest = { op: "create", reference: "ABCDEFGHIJKL", body: { supplierNumber: "S" } };

let server: OpenSsh;
let open: FileSession[] = [];
beforeAll(() => {
  server = OpenSsh.start("openssh");
  console.log(`OpenSSH ${server.version}`);
});
afterEach(async () => {
  for (const session of open) await fileExchange.close?.(session);
  open = [];
});
afterAll(() => server?.stop());

async function session(
  root: string,
  by: "BASIC" | "SSH_KEY" = "BASIC",
  changed: JsonObject = {},
): Promise<FileSession> {
  const made = await openFolder(root, { sets: [SUPPLIERS], ...server.settings(root, by), ...changed });
  open.push(made);
  return made;
}

const failure = (call: Promise<unknown> | undefined) =>
  Promise.resolve(call).then(
    () => Promise.reject(new Error("it did not fail")),
    (error: AdapterError) => error,
  );
const send = (to: FileSession) => fileExchange.entities.Supplier?.push?.send(to, request);

describe("the adapter contract on OpenSSH", () => {
  const harness = fileHarness(
    "sftp",
    byOpenSsh(() => server),
  );
  beforeAll(() => harness.start?.());
  afterAll(() => harness.stop?.());
  for (const { rule, subject, skip, run } of checksOf(harness))
    if (skip === undefined) it(`${subject}: ${rule}`, run, 60_000);
});

describe("signing in to OpenSSH", () => {
  it.each(["BASIC", "SSH_KEY"] as const)("by %s: reads, moves and writes", async (by) => {
    const root = server.newRoot();
    deliver(root, "Vendor.csv", `${HEAD}1,One\n`);
    const own = await session(root, by);
    expect(await fileExchange.test(own)).toMatchObject({ product: "SFTP 127.0.0.1", details: { waiting: 1 } });
    expect((await readAll(own, "Supplier")).rows.map(({ externalId }) => externalId)).toEqual(["1"]);
    expect(readdirSync(join(root, "done"))).toHaveLength(1);
    expect(await send(own)).toMatchObject({ done: "accepted" });
    expect(readdirSync(join(root, "out"))).toEqual(["Supplier-ABCDEFGHIJKL.json"]);
  });

  it.each([
    ["a wrong password", "BASIC", { apiPassword: "wrong" }],
    ["an unknown user", "BASIC", { apiUsername: "nobody-at-all" }],
    ["another user's key", "SSH_KEY", "another key"],
    ["the key of nothing", "SSH_KEY", { privateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n" }],
  ] as const)("with %s is refused, without a word of the secret", async (_, by, changed) => {
    const other = () => ({ privateKey: newKey() });
    const own = await session(server.newRoot(), by, changed === "another key" ? other() : changed);
    const error = await failure(fileExchange.test(own));
    expect(error).toMatchObject({ category: "AUTH", code: "ERP002", sent: "no" });
    expect(JSON.stringify([error.message, error.stack])).not.toMatch(/wrong|PRIVATE KEY/);
  });

  it("refuses a server whose host key has changed, until the new one is pinned", async () => {
    const root = server.newRoot();
    deliver(root, "Vendor.csv", `${HEAD}1,One\n`);
    const pinned = { hostKey: server.settings(root)["hostKey"] ?? null };
    const before = await session(root);
    await fileExchange.test(before);
    server.rekey();
    // The session that stood is gone with the old server; its next call meets the new key.
    for (const own of [before, await session(root, "BASIC", pinned)]) {
      const error = await verdict(own);
      expect(error).toMatchObject({ category: "AUTH", code: "ERP002", sent: "no" });
      expect(error.message).toMatch(/host key of 127\.0\.0\.1 has changed: it shows SHA256:/);
      expect(error.message).toContain(String(server.settings(root)["hostKey"]).slice(0, 50));
      expect(await failure(send(own))).toMatchObject({ category: "AUTH", sent: "no" });
    }
    expect([readdirSync(join(root, "in")), readdirSync(join(root, "out"))]).toEqual([["Vendor.csv"], []]);
    expect((await readAll(await session(root), "Supplier")).rows).toHaveLength(1);
  });
});

describe("trouble with OpenSSH", () => {
  it("a session that is killed in mid-file is resumed: nothing is lost, nothing doubled", async () => {
    const count = 60_000;
    const root = server.newRoot();
    deliver(root, "Vendor.csv", HEAD);
    for (let n = 0; n < count; n += 1000)
      appendFileSync(
        join(root, "in/Vendor.csv"),
        Array.from({ length: 1000 }, (_, i) => `${n + i},Vendor ${n + i} ${"x".repeat(60)}\n`).join(""),
      );
    const own = await session(root);
    const pages = fileExchange.entities.Supplier?.pull;
    const query = { mode: "full" as const, pageSize: 1000, lookbackSeconds: 0 };
    const seen: string[] = [];
    let cursor: NonNullable<Parameters<NonNullable<typeof pages>>[1]["cursor"]> | null = null;
    let lost = 0;
    for (let whole = false; !whole;) {
      try {
        for await (const page of pages?.(own, { ...query, cursor }) ?? []) {
          seen.push(...page.rows.map(({ externalId }) => externalId));
          cursor = JSON.parse(JSON.stringify(page.cursor)) as typeof cursor;
          whole = page.last;
          if (!whole && lost < 3 && seen.length >= (lost + 1) * 9000) server.cut();
        }
      } catch (error) {
        expect(error).toMatchObject({ category: "TRANSIENT", code: "ERP001" });
        lost++;
      }
    }
    expect(lost).toBeGreaterThanOrEqual(3);
    expect(seen).toHaveLength(count);
    expect(new Set(seen).size).toBe(count);
    expect(readdirSync(join(root, "done"))).toHaveLength(1);
  });

  it("a session that is killed in the middle of a write: perhaps sent, no half file, and one after the repetition", async () => {
    const root = server.newRoot();
    const proxy = await FaultProxy.start({ port: server.port });
    try {
      const own = await session(root, "BASIC", { port: proxy.port });
      await readAll(own, "Supplier");
      proxy.delay(20);
      const large = { ...request, body: { supplierNumber: "S", name: "x".repeat(8 * 1024 * 1024) } };
      const sending = failure(fileExchange.entities.Supplier?.push?.send(own, large));
      await eventually(() => readdirSync(join(root, "out")).some((name) => name.startsWith(".")));
      server.cut();
      expect(await sending).toMatchObject({ category: "TRANSIENT", code: "ERP001", sent: "maybe" });
      proxy.pass();
      expect(readdirSync(join(root, "out")).filter((name) => !name.startsWith("."))).toEqual([]);
      expect(await fileExchange.entities.Supplier?.push?.send(own, large)).toMatchObject({ done: "accepted" });
      expect(readdirSync(join(root, "out"))).toEqual(["Supplier-ABCDEFGHIJKL.json"]);
      expect(JSON.parse(readFileSync(join(root, "out/Supplier-ABCDEFGHIJKL.json"), "utf8"))).toMatchObject({
        reference: request.reference,
        body: large.body,
      });
    } finally {
      await proxy.stop();
    }
  });

  it("an account that may not write to out says so; the push had no effect", async () => {
    const root = server.newRoot();
    chownSync(join(root, "out"), 0, 0);
    const own = await session(root);
    const error = await failure(fileExchange.test(own));
    expect(error).toMatchObject({ category: "AUTH", code: "ERP002" });
    expect(error.message).toMatch(/the folder out takes no files/);
    expect(await failure(send(own))).toMatchObject({ category: "AUTH", code: "ERP002", sent: "no" });
    expect(readdirSync(join(root, "out"))).toEqual([]);
  });

  it("a full disk on out leaves no half file, and the push goes through once there is room", async () => {
    const root = server.newRoot();
    const out = join(root, "out");
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k,mode=777", "tmpfs", out]);
    try {
      writeFileSync(join(out, "ballast"), Buffer.alloc(64 * 1024));
      const own = await session(root);
      expect(await failure(send(own))).toMatchObject({ category: "SERVER", sent: "no" });
      expect(readdirSync(out)).toEqual(["ballast"]);
      writeFileSync(join(out, "ballast"), "");
      expect(await send(own)).toMatchObject({ done: "accepted" });
      expect(readdirSync(out).sort()).toEqual(["Supplier-ABCDEFGHIJKL.json", "ballast"]);
    } finally {
      execFileSync("umount", [out]);
    }
  });
});

describe("numbers on OpenSSH", () => {
  it("of deliveries: taken in order, told where one is missing", async () => {
    const root = server.newRoot();
    const numbered: JsonObject = {
      entityType: "Supplier",
      pattern: "Vendor-{seq}.csv",
      key: ["VendorID"],
      sequence: "name",
    };
    const own = await session(root, "SSH_KEY", { sets: [numbered] });
    for (const n of [4, 2, 1]) deliver(root, `Vendor-${n}.csv`, `${HEAD}v${n},Vendor\n`);
    const { rows, cursor } = await readAll(own, "Supplier", { mode: "incremental", cursor: { after: 0 } });
    expect(rows.map(({ externalId, problem }) => problem ?? externalId)).toEqual([
      "v1",
      "v2",
      expect.stringContaining("number 3 is missing"),
    ]);
    deliver(root, "Vendor-3.csv", `${HEAD}v3,Vendor\n`);
    const rest = await readAll(own, "Supplier", { mode: "incremental", cursor });
    expect(rest.rows.map(({ externalId }) => externalId)).toEqual(["v3", "v4"]);
  });

  it("of files out: each drawn once by several sessions at the same time", async () => {
    const root = server.newRoot();
    const sessions = await Promise.all([1, 2, 3].map(() => session(root, "BASIC", { outSequence: "name" })));
    const references = Array.from({ length: 12 }, (_, n) => `REFERENCE${100 + n}`);
    const draw = async (reference: string, n: number) =>
      fileExchange.entities.Supplier?.push?.send(sessions[n % 3] as FileSession, { ...request, reference });
    await Promise.all(references.map(draw));
    const numbers = readdirSync(join(root, "out")).map((name) => Number(name.split("-")[1]));
    expect(numbers).toEqual(references.map((_, n) => n + 1));
    expect(readdirSync(join(root, "work"))).toHaveLength(1);
  });
});

/** How a read ends; a lost connection is not yet the verdict on the server that stands now. */
function verdict(own: FileSession): Promise<AdapterError> {
  return eventually(async () => {
    const error = await failure(readAll(own, "Supplier"));
    if (error.category === "TRANSIENT") throw error;
    return error;
  });
}

/** A key that the account does not know. */
function newKey(): string {
  const folder = execFileSync("mktemp", ["-d"], { encoding: "utf8" }).trim();
  try {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, "key")]);
    return execFileSync("cat", [join(folder, "key")], { encoding: "utf8" });
  } finally {
    execFileSync("rm", ["-r", folder]);
  }
}
