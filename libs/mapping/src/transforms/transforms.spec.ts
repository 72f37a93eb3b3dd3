import { TRANSFORM_FAMILIES, buildTransform } from "./registry";
import type { TransformExample } from "./transform";

const examples = TRANSFORM_FAMILIES.flatMap((family) =>
  family.examples.map((e): [string, TransformExample] => [JSON.stringify(e.step), e]),
);

describe("named transforms", () => {
  it.each(examples)("%s", (_name, { step, source, result, back, dataType = "string", lookups = {} }) => {
    const transform = buildTransform(step, { dataType, lookups, inbound: true, outbound: back !== null });
    expect(transform.inbound(source)).toEqual(result);
    if (back === null) {
      expect(transform.outbound).toBeUndefined();
      expect(transform.warning).toBeDefined();
    } else expect(transform.outbound?.(result)).toEqual(back ?? source);
  });
});
