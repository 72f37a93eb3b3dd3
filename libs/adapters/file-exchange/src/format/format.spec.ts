import { files, layout, recordsOf } from "../../test/records";
import { SetAside } from "../refusal";
import type { Layout } from "../layout";
import { openReader } from "./reader";
import type { FileRecord } from "./record";
import { split } from "./split";
import { XmlSplitter } from "./xml-split";

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

describe("records of several types in one file", () => {
  const columns = [
    { name: "type", from: 1, length: 3 },
    { name: "po", from: 4, length: 5 },
  ];
  const lineColumns = [
    { name: "type", from: 1, length: 3 },
    { name: "item", from: 4, length: 4 },
    { name: "qty", from: 8, length: 4 },
  ];
  const fixed: Partial<Layout> = {
    format: "fixed",
    columns,
    recordTypes: {
      at: { from: 1, length: 3 },
      head: "HDR",
      lines: [{ as: "lines", type: "LIN", columns: lineColumns }],
      ignored: ["TXT"],
      trailer: "TRL",
    },
  };
  const text = "HDRPO-1 \nLINA    2.0\nTXTa remark\nLINB    1.0\nHDRPO-2 \nHDRPO-3 \nLINC    7.0\nTRL0003\n";
  const shown = (records: readonly FileRecord[]) =>
    records.map(({ values }) => [
      values["po"],
      ...(values["lines"] as Record<string, string>[]).map(({ item, qty }) => `${item} ${qty?.trim()}`),
    ]);

  it("of fixed width: a head and the lines below it, from any document on", async () => {
    for (const size of [1, 7, 1000]) {
      const all = await recordsOf(text, fixed, ["po"], size);
      expect(shown(all)).toEqual([["PO-1", "A 2.0", "B 1.0"], ["PO-2"], ["PO-3", "C 7.0"]]);
      const reader = await openReader(files(Buffer.from(text), size), "x", layout(fixed), ["po"]);
      for (const [index, { end }] of all.entries()) {
        const rest: FileRecord[] = [];
        for await (const records of reader.records(end)) rest.push(...records);
        expect(rest).toEqual(all.slice(index + 1));
      }
    }
  });

  it("of CSV, by their first column", async () => {
    const recordTypes = {
      at: 1,
      head: "H",
      lines: [{ as: "lines", type: "L", columns: ["t", "n", "q"] }],
      ignored: [],
    };
    const found = await recordsOf(
      'H;PO-1\nL;1;"2;5"\nL;2;1\nH;PO-2\n',
      { columns: ["t", "po"], recordTypes, delimiter: ";" },
      ["po"],
    );
    expect(found.map(({ values }) => values)).toEqual([
      {
        t: "H",
        po: "PO-1",
        lines: [
          { t: "L", n: "1", q: "2;5" },
          { t: "L", n: "2", q: "1" },
        ],
      },
      { t: "H", po: "PO-2", lines: [] },
    ]);
  });

  it("a line that cannot be read is a problem of its document alone", async () => {
    const broken = text.replace("LINB    1.0", "LINB");
    const found = await recordsOf(broken, fixed, ["po"]);
    expect(found.map(({ problem }) => problem)).toEqual([
      "line 2 of it: the line has 4 characters, its last column begins at 8",
      undefined,
      undefined,
    ]);
  });

  it.each([
    ["without its last record", text.replace("TRL0003\n", ""), /truncated: its last record "TRL" is missing/],
    ["that goes on behind its last record", `${text}HDRPO-4 \n`, /goes on behind its last record/],
    ["with a type that nobody named", text.replace("TXT", "ODD"), /type "ODD", which is not known/],
    ["with a line before its first head", text.slice(9), /"LIN" before its first HDR/],
  ])("a file %s is set aside", async (_, content, expected) => {
    await expect(recordsOf(content, fixed, ["po"])).rejects.toThrow(expected);
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

  it("is read in the encoding that it declares, unless a mark says otherwise", async () => {
    const declared = Buffer.from('<?xml version="1.0" encoding="ISO-8859-15"?><o><po no="1">Müller</po></o>', "latin1");
    const [found] = await recordsOf(declared, { format: "xml", record: "po" });
    expect(found?.xml).toBe('<po no="1">Müller</po>');
    const marked = Buffer.from('\uFEFF<?xml version="1.0" encoding="ISO-8859-15"?><o><po no="1">Müller</po></o>');
    expect((await recordsOf(marked, { format: "xml", record: "po" }))[0]?.xml).toBe('<po no="1">Müller</po>');
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
    for await (const pieces of split(endless(), 0, { delimiter: ",", quoting: "double" }))
      expect(pieces.length).toBeGreaterThan(0);
  };
  await expect(all()).rejects.toThrow(SetAside);
});
