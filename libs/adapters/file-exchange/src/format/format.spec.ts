import fc from "fast-check";
import { csvFile } from "../out/csv-file";
import { SetAside } from "../refusal";
import type { Layout } from "../sets";
import { csvFields } from "./csv";
import { type FileRecord, openReader } from "./reader";
import { split } from "./split";
import { XmlSplitter } from "./xml-split";

async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** One file in memory, read in chunks of a few bytes. */
function files(content: Uint8Array, size: number): Parameters<typeof openReader>[0] {
  return {
    read: (_path: string, from = 0) =>
      chunked(from === 0 ? content : content.subarray(from), from === 0 && size < 64 ? 64 : size),
  } as unknown as Parameters<typeof openReader>[0];
}

const layout = (more: Partial<Layout>): Layout => ({ format: "csv", encoding: "utf-8", delimiter: "auto", ...more });

async function recordsOf(
  content: string | Uint8Array,
  more: Partial<Layout>,
  needed: string[] = [],
  size = 7,
): Promise<FileRecord[]> {
  const reader = await openReader(files(Buffer.from(content), size), "x", layout(more), needed);
  const all: FileRecord[] = [];
  for await (const records of reader.records()) all.push(...records);
  return all;
}

const text = fc.string({ unit: fc.constantFrom("a", "Ä", '"', ",", ";", "\n", "\r", " ", "\t", "漢"), maxLength: 6 });

describe("CSV", () => {
  it("reads back whatever was written, however it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 9 }),
        async (rows, size) => {
          const written = Buffer.from(csvFile(rows.map(([a, b], n) => ({ id: `x${n}`, a, b }))));
          const pieces: string[] = [];
          for await (const some of split(chunked(written, size), 0, ","))
            pieces.push(...some.map(({ bytes }) => Buffer.from(bytes).toString()));
          expect(pieces.slice(1).map((piece) => csvFields(piece, ",").slice(1))).toEqual(rows.map(([a, b]) => [a, b]));
        },
      ),
      { numRuns: 150 },
    );
  });

  it("goes on from the end of any record", async () => {
    const content = Buffer.from('id,a\r\n1,"x\r\ny"\r2,Ü\n\n3,z');
    const reader = await openReader(files(content, 3), "x", layout({}), ["id"]);
    const all: FileRecord[] = [];
    for await (const records of reader.records()) all.push(...records);
    expect(all.map(({ values }) => values["id"])).toEqual(["1", "2", "3"]);
    for (const [index, { end }] of all.entries()) {
      const rest: FileRecord[] = [];
      for await (const records of reader.records(end)) rest.push(...records);
      expect(rest).toEqual(all.slice(index + 1));
    }
  });

  it("takes declared columns where there is no header", async () => {
    const found = await recordsOf("1|One\n2|Two\n", { columns: ["id", "name"] }, ["id"]);
    expect(found.map(({ values }) => values)).toEqual([
      { id: "1", name: "One" },
      { id: "2", name: "Two" },
    ]);
  });
});

describe("JSON lines and fixed width", () => {
  it("reads objects, and rejects lines that are none", async () => {
    const found = await recordsOf('{"id":"1","lines":[{"n":1}]}\n[1]\n{"id":\n{"id":"2"}\n', { format: "jsonl" });
    expect(found.map(({ values, problem }) => problem ?? values["id"])).toEqual([
      "1",
      "the line is no JSON object",
      "the line is no JSON",
      "2",
    ]);
    await expect(recordsOf('{"id":"1"}\n{"id":', { format: "jsonl" })).rejects.toThrow(/truncated/);
  });

  it("cuts columns by their places, in characters", async () => {
    const columns = [
      { name: "id", from: 1, length: 4 },
      { name: "name", from: 5, length: 6 },
      { name: "unit", from: 11, length: 3 },
    ];
    const found = await recordsOf("0001Müller EA\n0002Maier KG \n0003\n0004Abc   M\n", { format: "fixed", columns }, [
      "id",
    ]);
    expect(found.map(({ values, problem }) => problem ?? Object.values(values).join("|"))).toEqual([
      "0001|Müller| EA",
      "0002|Maier|KG",
      "the line has 4 characters, its last column begins at 11",
      "0004|Abc|M",
    ]);
  });
});

describe("XML", () => {
  const document = `<?xml version="1.0"?><!-- <po> --><orders xmlns="urn:o" xmlns:x="urn:x">
    <po no="1 > 0"><line><![CDATA[<po>]]></line></po>
    <po no="2"/><other/><po xmlns:x="urn:y" no="3"><po>inner</po></po>
  </orders>`;

  it("cuts out records that stand alone, however the text arrives", () => {
    for (const size of [1, 2, 5, 1000]) {
      const splitter = new XmlSplitter("po", "x");
      const records: string[] = [];
      for (let at = 0; at < document.length; at += size) records.push(...splitter.take(document.slice(at, at + size)));
      splitter.finish();
      expect(records).toEqual([
        '<po xmlns="urn:o" xmlns:x="urn:x" no="1 > 0"><line><![CDATA[<po>]]></line></po>',
        '<po xmlns="urn:o" xmlns:x="urn:x" no="2"/>',
        '<po xmlns="urn:o" xmlns:x="urn:y" no="3"><po>inner</po></po>',
      ]);
    }
  });

  it.each([
    ["<a><po>", /truncated/],
    ["<a><po></a>", /broken/],
    ["", /no XML element/],
    ['<!DOCTYPE a [<!ENTITY e "x">]><a/>', /internal subset/],
  ])("refuses %s", (broken, expected) => {
    const splitter = new XmlSplitter("po", "x");
    expect(() => {
      splitter.take(broken);
      splitter.finish();
    }).toThrow(expected);
  });

  it("counts records, and goes on from a count", async () => {
    const reader = await openReader(files(Buffer.from(document), 10), "x", layout({ format: "xml", record: "po" }), []);
    const rest: FileRecord[] = [];
    for await (const records of reader.records(1)) rest.push(...records);
    expect(rest.map(({ end }) => end)).toEqual([2, 3]);
  });
});

it("a record that never ends is refused before it fills the memory", async () => {
  const endless = async function* () {
    yield Buffer.from('id,a\n1,"');
    for (;;) yield Buffer.alloc(1024 * 1024, 120);
  };
  const all = async () => {
    for await (const pieces of split(endless(), 0, ",")) expect(pieces.length).toBeGreaterThan(0);
  };
  await expect(all()).rejects.toThrow(SetAside);
});
