import { describeAdapterConformance, memoryHarness } from "@dovetail/adapter-conformance";

for (const writeClass of ["K", "L", "N"] as const) {
  describe(`write class ${writeClass}`, () => {
    describeAdapterConformance(memoryHarness({ writeClass }));
  });
}
