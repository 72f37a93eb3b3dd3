import fc from "fast-check";
import { chunked, files, layout, recordsOf } from "../../test/records";
import { csvFile } from "../out/csv-file";
import { encoder } from "../out/encode";
import { csvFields } from "./csv";
import { openReader } from "./reader";
import type { FileRecord } from "./record";
import { split } from "./split";

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
          for await (const some of split(chunked(written, size), 0, { delimiter: ",", quoting: "double" }))
            pieces.push(...some.map(({ bytes }) => Buffer.from(bytes).toString()));
          expect(pieces.slice(1).map((piece) => csvFields(piece, ",").slice(1))).toEqual(rows.map(([a, b]) => [a, b]));
        },
      ),
      { numRuns: 150 },
    );
  });

  const encodings = ["utf-8", "utf-16le", "utf-16be", "windows-1252", "iso-8859-15"];
  const lineEnds = ["\r\n", "\n", "\r"];

  it.each([
    ["double", ["a", "ä", "€", '"', '""', "\\", ",", ";", "|", "\t", "\n", "\r\n", " ", "\\N"]],
    ["backslash", ["a", "ä", "€", '"', "\\", "\\\\", ",", ";", "|", "\t", "\n", "\r\n", " ", "N"]],
    ["none", ["a", "ä", "€", '"', "\\", " ", "\\N"]],
  ] as const)("reads back what was written in every encoding, with %s quotes", async (quoting, units) => {
    const field = fc.option(fc.string({ unit: fc.constantFrom(...units), maxLength: 5 }), { nil: null });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 6 }),
        fc.constantFrom(",", ";", "\t", "|"),
        fc.constantFrom(...encodings),
        fc.integer({ min: 1, max: 9 }),
        async (rows, delimiter, encoding, size) => {
          const written = rows.map(([a, b], n) => ({ id: `x${n}`, a, b }));
          const bytes = encoder(encoding)?.(csvFile(written, { delimiter, quoting })) ?? Buffer.alloc(0);
          const found = await recordsOf(bytes, { encoding, delimiter, quoting }, ["id"], size);
          expect(found.map(({ problem }) => problem)).toEqual(rows.map(() => undefined));
          // Only backslashes tell nothing from an empty text.
          const nothing = quoting === "backslash" ? null : "";
          expect(found.map(({ values }) => values)).toEqual(
            written.map(({ id, a, b }) => ({ id, a: a ?? nothing, b: b ?? nothing })),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it("takes mixed line ends, in every encoding and wherever chunks are cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...lineEnds), { minLength: 3, maxLength: 3 }),
        fc.constantFrom(...encodings),
        fc.integer({ min: 1, max: 5 }),
        async (ends, encoding, size) => {
          const text = ["id;Größe", '1;"a\r\nb"', "2;€"].map((line, n) => line + (ends[n] ?? "")).join("");
          const found = await recordsOf(encoder(encoding)?.(text) ?? "", { encoding }, ["id"], size);
          expect(found.map(({ values }) => values)).toEqual([
            { id: "1", Größe: "a\r\nb" },
            { id: "2", Größe: "€" },
          ]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("reads backslashes as databases write them", async () => {
    const found = await recordsOf('id|a|b\n1|\\N|x\\|y\n2|"say \\"hi\\" \\\\"|two\\\nlines\n3|"\\N"|"|"\n', {
      quoting: "backslash",
      delimiter: "|",
    });
    expect(found.map(({ values, problem }) => problem ?? Object.values(values))).toEqual([
      ["1", null, "x|y"],
      ["2", 'say "hi" \\', "two\nlines"],
      ["3", "N", "|"],
    ]);
    await expect(recordsOf('id,a\n1,"open\\"\n', { quoting: "backslash" })).rejects.toThrow(/truncated/);
  });

  it("takes quotes for ordinary characters where they are", async () => {
    const found = await recordsOf('id,a\n1,"3/4\n2,x"y"\n', { quoting: "none" });
    expect(found.map(({ values }) => values["a"])).toEqual(['"3/4', 'x"y"']);
    expect(() => csvFile([{ a: "x,y" }], { delimiter: ",", quoting: "none" })).toThrow(/without quotes/);
  });

  it("reads encodings whose characters hold bytes of delimiters", async () => {
    // In Shift_JIS the second byte of U+8868 is a backslash, that of U+5F15 and others is one of ASCII too.
    const bytes = Buffer.concat([Buffer.from("id|a\n1|"), Buffer.from([0x95, 0x5c, 0x83, 0x7c]), Buffer.from("|\n")]);
    const [found] = await recordsOf(bytes, { encoding: "shift_jis", quoting: "backslash", columns: ["id", "a", "b"] });
    expect(found?.values).toEqual({ id: "id", a: "a", b: null });
    const rows = await recordsOf(bytes, { encoding: "shift_jis", columns: ["id", "a", "b"], quoting: "backslash" });
    expect(rows[1]?.values).toEqual({ id: "1", a: "表ポ", b: "" });
  });

  it("has no bytes for characters that an encoding lacks", () => {
    expect(() => encoder("iso-8859-15")?.("漢")).toThrow(/iso-8859-15 does not have the character "漢"/);
    expect(encoder("iso-8859-15")?.("€")).toEqual(Buffer.from([0xa4]));
    expect(encoder("gbk")).toBeUndefined();
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
