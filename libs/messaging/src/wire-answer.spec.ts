import { JsonText, JsonTexts } from "@dovetail/contracts";
import fc from "fast-check";
import { readAnswer, writeAnswer } from "./wire-answer";

const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const texts = fc.array(fc.option(fc.tuple(json, fc.nat())));

describe("answers on the wire", () => {
  it("come back as they went", () => {
    fc.assert(
      fc.property(json, (output) => {
        expect(readAnswer(writeAnswer({ output }))).toEqual({ output });
      }),
    );
  });

  it("bring texts back unparsed, with their versions, and are JSON for everybody else", () => {
    fc.assert(
      fc.property(texts, (list) => {
        const sent = new JsonTexts(list.map((each) => each && new JsonText(JSON.stringify(each[0]), each[1])));
        const written = writeAnswer({ output: sent });
        const values = list.map((each) => each && each[0]);
        expect(JSON.parse(written)).toEqual({ versions: list.map((each) => each && each[1]), output: values });
        expect(JSON.parse(JSON.stringify(sent))).toEqual(values);
        const { output } = readAnswer(written);
        expect(output).toEqual(sent);
      }),
    );
  });

  it("are refused when a text could be taken for two", () => {
    const sent = new JsonTexts([new JsonText("[1,\n2]", 1), new JsonText("3", 1)]);
    expect(() => readAnswer(writeAnswer({ output: sent }))).toThrow(SyntaxError);
  });
});
