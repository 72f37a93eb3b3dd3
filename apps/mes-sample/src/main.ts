import { processEnvironment, runMain } from "@dovetail/service-kit";
import { readChanges } from "./console";
import { startMesSample } from "./start";

void runMain(async () => {
  const module = await startMesSample({ env: processEnvironment() });
  readChanges(module);
  return module;
});
