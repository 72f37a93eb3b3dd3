import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Files } from "@dovetail/adapter-sdk";
import type { Json } from "@dovetail/domain";
import type { FileSession } from "../src/session";
import { deliver, newRoot, openFolder, readAll } from "./exchange";

let root: string;
let session: FileSession;
let cursor: Json;
const vendors = (number: number, id: string) =>
  deliver(root, `Vendor-${number}.csv`, `VendorID,Name\n${id},Vendor ${id}\n`);
const names = (folder: string) => readdirSync(join(root, folder)).sort();
/** Ids of the next pull, rows with a problem as their problem. */
const next = async () => {
  const read = await readAll(session, "Supplier", { mode: "incremental", cursor });
  ({ cursor } = read);
  return read.rows.map(({ externalId, problem }) => problem ?? externalId);
};

beforeEach(() => {
  root = newRoot();
  cursor = { after: 0 };
});

describe("lists of digests", () => {
  const open = async () => {
    session = await openFolder(root, {
      sets: [{ entityType: "Supplier", pattern: "Vendor-*.csv", key: ["VendorID"] }],
      marker: "sha256",
    });
  };
  const digest = (name: string) =>
    createHash("sha256")
      .update(readFileSync(join(root, "in", name)))
      .digest("hex");
  const list = (name: string, ...of: string[]) =>
    deliver(root, name, of.map((each, n) => `${digest(each)} ${n % 2 ? "*" : " "}./out/${each}\n`).join(""));

  it("vouch for all the files that they name, whichever came first, and are gone with the last", async () => {
    await open();
    for (const n of [1, 2, 3]) vendors(n, `v${n}`);
    list("SHA256SUMS", "Vendor-1.csv", "Vendor-2.csv", "Vendor-3.csv");
    const late = readFileSync(join(root, "in/Vendor-2.csv"));
    rmSync(join(root, "in/Vendor-2.csv"));
    vendors(4, "nobody vouches for it");
    expect(await next()).toEqual(["v1", "v3"]);
    expect(await next()).toEqual([]);
    expect(names("in")).toEqual(["SHA256SUMS", "Vendor-4.csv"]);
    deliver(root, "Vendor-2.csv", late);
    expect(await next()).toEqual(["v2"]);
    await next();
    expect(names("in")).toEqual(["Vendor-4.csv"]);
    list("evening.sha256", "Vendor-4.csv");
    expect((await next()).length).toBe(1);
  });

  it("set a damaged file aside, and leave a later one of the name to a later list", async () => {
    await open();
    vendors(1, "v1");
    vendors(2, "v2");
    list("SHA256SUMS.txt", "Vendor-1.csv", "Vendor-2.csv");
    const sound = readFileSync(join(root, "in/Vendor-2.csv"));
    rmSync(join(root, "in/Vendor-2.csv"));
    expect(await next()).toEqual(["v1"]);
    vendors(1, "newer");
    expect(await next()).toEqual([]);
    expect(names("in")).toEqual(["SHA256SUMS.txt", "Vendor-1.csv"]);
    deliver(root, "Vendor-2.csv", Buffer.concat([sound, Buffer.from("9,too much\n")]));
    expect(await next()).toEqual([expect.stringMatching(/Vendor-2.csv was set aside whole: .*damaged on its way/)]);
    list("SHA256SUMS.txt", "Vendor-1.csv");
    expect(await next()).toEqual(["newer"]);
  });

  it("that another read clears away meanwhile are no failure", async () => {
    await open();
    vendors(1, "v1");
    list("SHA256SUMS", "Vendor-1.csv");
    const { files } = session;
    const meddled = Object.create(files) as Files;
    meddled.read = (path, from) => {
      if (path.endsWith("SHA256SUMS")) rmSync(join(root, path), { force: true });
      return files.read(path, from);
    };
    session = { ...session, files: meddled };
    expect(await next()).toEqual([]);
    expect(names("in")).toEqual(["Vendor-1.csv"]);
  });
});
