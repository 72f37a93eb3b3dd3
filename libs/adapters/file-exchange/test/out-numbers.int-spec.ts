import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { AdapterError, LocalFiles, type PushRequest } from "@dovetail/adapter-sdk";
import type { JsonObject } from "@dovetail/domain";
import { fileExchange } from "../src";
import type { FileSession } from "../src/session";
import { newRoot, openFolder, sftpOver } from "./exchange";

const SUPPLIERS: JsonObject = { entityType: "Supplier", pattern: "Vendor*.csv", key: ["VendorID"] };

let root: string;
let session: FileSession;
beforeEach(() => {
  root = newRoot();
});

describe("numbers of files out", () => {
  const request = (reference: string): PushRequest => ({
    op: "create",
    reference,
    body: { supplierNumber: reference, lines: [{ n: "1" }] },
  });
  const send = async (reference: string, of: FileSession = session) =>
    fileExchange.entities.Supplier?.push?.send(of, request(reference));
  const open = (settings: JsonObject) => openFolder(root, { sets: [SUPPLIERS], ...settings });

  it("grow by one, and are the same for a push that is repeated", async () => {
    session = await open({ outSequence: "name" });
    for (const reference of ["AAAAAAAAAAAA", "BBBBBBBBBBBB", "AAAAAAAAAAAA", "CCCCCCCCCCCC"]) await send(reference);
    expect(readdirSync(join(root, "out"))).toEqual([
      "Supplier-00000001-AAAAAAAAAAAA.json",
      "Supplier-00000002-BBBBBBBBBBBB.json",
      "Supplier-00000003-CCCCCCCCCCCC.json",
    ]);
    const text = readFileSync(join(root, "out/Supplier-00000002-BBBBBBBBBBBB.json"), "utf8");
    expect(JSON.parse(text)).toMatchObject({ reference: "BBBBBBBBBBBB", number: 2 });
    expect(readdirSync(join(root, "work"))).toHaveLength(1);
  });

  it("are answered under either name, and what was answered is not handed over again", async () => {
    session = await open({ outSequence: "name" });
    await send("AAAAAAAAAAAA");
    const lookup = () => fileExchange.entities.Supplier?.lookup?.(session, { reference: "AAAAAAAAAAAA" });
    await expect(lookup()).rejects.toThrow(/not answered yet/);
    rmSync(join(root, "out/Supplier-00000001-AAAAAAAAAAAA.json"));
    const answer = JSON.stringify({ status: "confirmed", externalId: "4711" });
    await session.files.write("ack/Supplier-00000001-AAAAAAAAAAAA.ack.json", Buffer.from(answer));
    const handle = { reference: "AAAAAAAAAAAA", externalId: null };
    expect(await fileExchange.entities.Supplier?.push?.poll?.(session, handle)).toEqual({ externalId: "4711" });
    await send("AAAAAAAAAAAA");
    expect(readdirSync(join(root, "out"))).toEqual([]);
  });

  it("stand beside the file where that is wanted, lines and head being one delivery", async () => {
    session = await open({ outSequence: "file", outFormat: "csv", delimiter: ";" });
    await send("AAAAAAAAAAAA");
    expect(readdirSync(join(root, "out"))).toEqual([
      "Supplier-AAAAAAAAAAAA.csv",
      "Supplier-AAAAAAAAAAAA.csv.seq",
      "Supplier-AAAAAAAAAAAA.lines.csv",
    ]);
    expect(readFileSync(join(root, "out/Supplier-AAAAAAAAAAAA.csv.seq"), "utf8")).toBe("1\n");
    expect(readFileSync(join(root, "out/Supplier-AAAAAAAAAAAA.csv"), "utf8")).toBe(
      "reference;op;externalId;number;supplierNumber\r\nAAAAAAAAAAAA;create;;1;AAAAAAAAAAAA\r\n",
    );
  });

  it.each(["folder", "sftp"])("are drawn once each by processes that draw at the same time (%s)", async (transport) => {
    const over = transport === "sftp" ? await sftpOver(root) : undefined;
    const sessions = await Promise.all([1, 2, 3].map(() => open({ outSequence: "name", ...over?.config })));
    session = sessions[0] as FileSession;
    const references = Array.from({ length: 18 }, (_, n) => `REFERENCE${100 + n}`);
    await Promise.all(references.map((reference, n) => send(reference, sessions[n % 3])));
    const numbers = readdirSync(join(root, "out")).map((name) => Number(name.split("-")[1]));
    expect(numbers).toEqual(references.map((_, n) => n + 1));
    await Promise.all(sessions.map(({ files }) => files.close()));
    await over?.server.close();
  });

  it.each(["makes the version anew that was cleared away", "is refused for a name that was in use"])(
    "are not drawn twice by one that was overtaken while it drew and %s",
    async (outcome) => {
      const [slow, fast] = [new LocalFiles(root), await open({ outSequence: "name" })];
      const create = slow.create.bind(slow);
      let overtaken = false;
      slow.create = async (path, content) => {
        if (overtaken) return create(path, content);
        overtaken = true;
        for (const reference of ["BBBBBBBBBBBB", "CCCCCCCCCCCC", "DDDDDDDDDDDD"]) await send(reference, fast);
        if (outcome.startsWith("makes")) return create(path, content);
        throw new AdapterError("a failure", { category: "SERVER", code: "UNAVAILABLE", sent: "no" });
      };
      session = await openFolder(root, { sets: [SUPPLIERS], outSequence: "name" }, { files: slow });
      await send("AAAAAAAAAAAA", fast);
      await send("EEEEEEEEEEEE");
      await send("FFFFFFFFFFFF", fast);
      const references = readdirSync(join(root, "out")).map((name) => name.replace(/^Supplier-0*|(.)\1+\.json$/g, ""));
      expect(references).toEqual(["1-", "2-", "3-", "4-", "5-", "6-"]);
    },
  );

  it("are not lost when the process ends before the file stands", async () => {
    const files = new LocalFiles(root);
    const write = files.write.bind(files);
    let alive = false;
    files.write = (path, content) => (alive ? write(path, content) : Promise.reject(new Error("killed")));
    session = await openFolder(root, { sets: [SUPPLIERS], outSequence: "name" }, { files });
    await expect(send("AAAAAAAAAAAA")).rejects.toThrow("killed");
    alive = true;
    await send("AAAAAAAAAAAA");
    await send("BBBBBBBBBBBB");
    expect(readdirSync(join(root, "out")).map((name) => name.slice(9, 17))).toEqual(["00000001", "00000002"]);
  });
});
