import { Flag, GetRecords, OneOf, Text, Whole } from "@dovetail/contracts";
import { plainToInstance } from "class-transformer";
import { Matches, validateSync } from "class-validator";
import fc from "fast-check";
import { validInput } from "./input-validation";

class Plain {
  @Text({ max: 5 })
  text!: string;

  @OneOf(["a", "b"], { optional: true })
  word?: string;

  @Flag({ nullable: true })
  flag?: boolean | null;
}

class Inheriting extends Plain {
  @Text({ optional: true })
  more?: string;
}

class Stricter {
  @Text()
  @Matches(/^x/)
  text!: string;
}

class Numbered {
  @Whole({ min: 1 })
  number!: number;
}

const anything = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("a", "b", "\0", "\ud800", ""), fc.jsonValue());
const member = fc.constantFrom("text", "word", "flag", "more", "other");

describe("the input of an operation", () => {
  it("passes when class-validator lets it pass, and then alone", () => {
    fc.assert(
      fc.property(fc.dictionary(member, anything), fc.constantFrom(Plain, Inheriting), (input, type) => {
        const instance = plainToInstance(type, input);
        const faults = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true });
        if (faults.length > 0) expect(() => validInput<Plain>(type, input)).toThrow();
        else expect(validInput<Plain>(type, input)).toEqual(instance);
      }),
      { numRuns: 2000 },
    );
  });

  it("is an instance and a copy", () => {
    const input = { entityTypes: ["Part"], keys: ["P1"] };
    const valid = validInput(GetRecords, input);
    expect(valid).toBeInstanceOf(GetRecords);
    expect(valid).not.toBe(input);
    expect({ ...valid }).toEqual(input);
  });

  it("keeps rules that stand beside a plain one", () => {
    expect(() => validInput(Stricter, { text: "abc" })).toThrow(/text/);
    expect(validInput(Stricter, { text: "xbc" })).toEqual({ text: "xbc" });
  });

  it("still turns the text of a number into the number", () => {
    expect(validInput(Numbered, { number: "3" })).toEqual({ number: 3 });
  });
});
