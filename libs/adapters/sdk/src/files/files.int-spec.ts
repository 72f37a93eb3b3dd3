import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startTestSftp, temporaryFolder, type TestSftpServer } from "@dovetail/testing";
import type { Files } from "../clients";
import type { AdapterError } from "../errors";
import { LocalFiles } from "./local-files";
import { SftpFiles } from "./sftp-files";

const LOGIN = { username: "dovetail", password: "sftp-password" };

async function textOf(files: Files, path: string, from?: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of files.read(path, from)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const failure = (call: Promise<unknown>) =>
  call.then(
    () => Promise.reject(new Error("it did not fail")),
    (error: AdapterError) => error,
  );

let server: TestSftpServer;
let folder: string;
beforeEach(() => {
  folder = temporaryFolder("files");
});

const kinds: [string, () => Promise<Files>][] = [
  ["a folder", async () => new LocalFiles(folder)],
  [
    "an SFTP account",
    async () => {
      server = await startTestSftp({ folder, ...LOGIN });
      return new SftpFiles("/", { host: "127.0.0.1", port: server.port, hostKey: server.hostKey, ...LOGIN });
    },
  ],
];

describe.each(kinds)("files of %s", (kind, open) => {
  let files: Files;
  beforeEach(async () => {
    files = await open();
    mkdirSync(join(folder, "in"));
  });
  afterEach(async () => {
    await files.close();
    if (kind !== "a folder") await server.close();
  });

  it("lists plain files by name and pattern, hidden ones and folders left out", async () => {
    for (const name of ["b.csv", "a.csv", ".hidden.csv", "c.txt", "..\\d.csv"])
      writeFileSync(join(folder, "in", name), name);
    mkdirSync(join(folder, "in", "d.csv"));
    expect((await files.list("in")).map(({ path }) => path)).toEqual(["in/a.csv", "in/b.csv", "in/c.txt"]);
    const found = await files.list("in", "*.csv");
    expect(found.map(({ path, size }) => [path, size])).toEqual([
      ["in/a.csv", 5],
      ["in/b.csv", 5],
    ]);
    expect(Math.abs((found[0]?.modifiedAt ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it("reads from any offset and in many chunks", async () => {
    const text = "0123456789".repeat(100_000);
    writeFileSync(join(folder, "in", "x"), text);
    expect(await textOf(files, "in/x")).toBe(text);
    expect(await textOf(files, "in/x", 999_995)).toBe("56789");
    expect(await textOf(files, "in/x", 2_000_000)).toBe("");
  });

  it("leaves what stands at a target alone when the file to be moved is gone", async () => {
    mkdirSync(join(folder, "done"));
    writeFileSync(join(folder, "done/a"), "moved by another");
    expect(await failure(files.move("in/a", "done/a"))).toMatchObject({ category: "NOT_FOUND" });
    expect(await textOf(files, "done/a")).toBe("moved by another");
  });

  it("writes whole files, replaces them and leaves nothing else behind", async () => {
    const large = "x".repeat(700_000);
    await files.write("in/po.csv", Buffer.from("old"));
    await files.write("in/po.csv", Buffer.from(large));
    expect(readFileSync(join(folder, "in/po.csv"), "utf8")).toBe(large);
    expect(readdirSync(join(folder, "in"))).toEqual(["po.csv"]);
    await files.write("in/empty.csv", Buffer.alloc(0));
    expect(await files.stat("in/empty.csv")).toMatchObject({ size: 0 });
  });

  it("creates a file for one alone of many, whole, and never over one that stands", async () => {
    const created = await Promise.all(
      [..."abcde"].map((text) => files.create("in/claim", Buffer.from(text.repeat(1000)))),
    );
    expect(created.filter(Boolean)).toHaveLength(1);
    const winner = [..."abcde"][created.indexOf(true)] ?? "";
    expect(await textOf(files, "in/claim")).toBe(winner.repeat(1000));
    expect(await files.create("in/claim", Buffer.from("late"))).toBe(false);
    expect(readdirSync(join(folder, "in"))).toEqual(["claim"]);
    expect(await failure(files.create("gone/claim", Buffer.from("x")))).toBeDefined();
  });

  it("moves onto a file that stands", async () => {
    await files.write("in/a", Buffer.from("a"));
    await files.write("in/b", Buffer.from("b"));
    await files.move("in/a", "in/b");
    expect(readdirSync(join(folder, "in"))).toEqual(["b"]);
    expect(await textOf(files, "in/b")).toBe("a");
  });

  it("makes folders that are missing and removes what may be gone already", async () => {
    await files.makeFolder("done/2026");
    await files.makeFolder("done/2026");
    await files.write("done/2026/x", Buffer.from("1"));
    await files.remove("done/2026/x");
    await files.remove("done/2026/x");
    expect(await files.list("done/2026")).toEqual([]);
  });

  it("tells a missing file from a missing folder", async () => {
    expect(await files.stat("in/nope")).toBeUndefined();
    expect(await failure(textOf(files, "in/nope"))).toMatchObject({ category: "NOT_FOUND", sent: "no" });
    expect(await failure(files.move("in/nope", "in/x"))).toMatchObject({ category: "NOT_FOUND" });
    expect(await failure(files.list("gone"))).toMatchObject({ category: "TRANSIENT", code: "ERP001" });
  });

  it("never leaves its root", async () => {
    for (const path of ["../x", "in/../../x", "/etc/passwd", "in/..\\x", "in/a\0b"])
      for (const call of [
        textOf(files, path),
        files.write(path, Buffer.from("")),
        files.remove(path),
        files.move(path, "in/y"),
      ])
        expect(await failure(call)).toMatchObject({ category: "VALIDATION" });
  });

  it("does not follow links", async () => {
    const outside = temporaryFolder("outside");
    writeFileSync(join(outside, "secret"), "secret");
    symlinkSync(join(outside, "secret"), join(folder, "in", "link"));
    expect(await files.list("in")).toEqual([]);
    expect(await failure(textOf(files, "in/link"))).toMatchObject({ category: "AUTH" });
    expect(await failure(files.stat("in/link"))).toMatchObject({ category: "AUTH" });
  });
});

describe("a folder", () => {
  it("refuses folders that are links, and says when the root is gone", async () => {
    const outside = temporaryFolder("outside");
    symlinkSync(outside, join(folder, "in"));
    const files = new LocalFiles(folder);
    expect(await failure(files.list("in"))).toMatchObject({ category: "AUTH" });
    expect(await failure(files.write("in/x", Buffer.from("")))).toMatchObject({ category: "AUTH" });
    expect(await failure(files.makeFolder("in/x"))).toMatchObject({ category: "AUTH" });
    rmSync(folder, { recursive: true });
    expect(await failure(files.list(""))).toMatchObject({ category: "TRANSIENT", code: "ERP001" });
    expect(() => new LocalFiles("relative")).toThrow(/absolute/);
  });
});

describe("an SFTP account", () => {
  const open = (changes: Partial<ConstructorParameters<typeof SftpFiles>[1]> = {}) =>
    new SftpFiles("/", { host: "127.0.0.1", port: server.port, hostKey: server.hostKey, ...LOGIN, ...changes });
  beforeEach(async () => {
    server = await startTestSftp({ folder, ...LOGIN });
  });
  afterEach(() => server.close());

  it("talks to no server whose host key has changed, and says so", async () => {
    const other = `SHA256:${Buffer.alloc(32, 7).toString("base64")}`;
    const error = await failure(open({ hostKey: other }).list(""));
    expect(error).toMatchObject({ category: "AUTH", code: "ERP002", sent: "no" });
    expect(error.message).toContain("host key");
    expect(error.message).toContain(server.hostKey);
    expect(() => open({ hostKey: "SHA256:short" })).toThrow(/fingerprint/);
  });

  it("says what a login met, without the password", async () => {
    const wrong = await failure(open({ password: "wrong-password" }).list(""));
    expect(wrong).toMatchObject({ category: "AUTH", code: "ERP002" });
    expect(JSON.stringify([wrong.message, wrong])).not.toContain("wrong-password");
    const { port } = server;
    await server.close();
    expect(await failure(open({ port }).list(""))).toMatchObject({ category: "TRANSIENT", code: "ERP001", sent: "no" });
    server = await startTestSftp({ folder, ...LOGIN });
  });

  it("logs in by private key", async () => {
    await server.close();
    const key = () =>
      generateKeyPairSync("ec", {
        namedCurve: "P-256",
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "sec1", format: "pem" },
      }).privateKey;
    const privateKey = key();
    server = await startTestSftp({ folder, ...LOGIN, privateKey });
    const { password: _, ...login } = LOGIN;
    const by = (text: string) =>
      new SftpFiles("/", { host: "127.0.0.1", port: server.port, hostKey: server.hostKey, ...login, privateKey: text });
    const files = by(privateKey);
    expect(await files.list("")).toEqual([]);
    await files.close();
    expect(await failure(by(key()).list(""))).toMatchObject({ category: "AUTH", code: "ERP002" });
    const unreadable = await failure(by("-----BEGIN nonsense").list(""));
    expect(unreadable).toMatchObject({ category: "AUTH" });
    expect(unreadable.message).toContain("private key");
  });

  it("connects anew after the connection was lost", async () => {
    const files = open();
    await files.write("a", Buffer.from("a"));
    server.cut();
    server.fault = "cut";
    const lost = await failure(files.write("b", Buffer.from("b")));
    expect(lost).toMatchObject({ category: "TRANSIENT", code: "ERP001" });
    server.fault = undefined;
    expect(await textOf(files, "a")).toBe("a");
    await files.close();
  });

  it("tells a refused access and a failure of the server apart", async () => {
    const files = open();
    server.fault = 3;
    expect(await failure(files.write("a", Buffer.from("a")))).toMatchObject({
      category: "AUTH",
      code: "ERP002",
      sent: "no",
    });
    server.fault = 4;
    expect(await failure(files.list(""))).toMatchObject({ category: "SERVER" });
    await files.close();
  });

  it("an abort ends a call that hangs", async () => {
    const stop = new AbortController();
    const files = open({ signal: stop.signal });
    await files.list("");
    server.fault = "hang";
    const hanging = failure(files.list(""));
    stop.abort(new Error("stopping"));
    expect(await hanging).toMatchObject({ category: "TRANSIENT" });
  });
});
