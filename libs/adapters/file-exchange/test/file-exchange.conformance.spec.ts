import { describeAdapterConformance } from "@dovetail/adapter-conformance";
import { fileHarness } from "./file-harness";

for (const transport of ["folder", "sftp"] as const) {
  describe(`through ${transport}`, () => {
    describeAdapterConformance(fileHarness(transport));
  });
}
