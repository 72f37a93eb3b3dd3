import { processEnvironment, runMain } from "@dovetail/service-kit";
import { config, optionsOf } from "./config";
import { startSimulator } from "./start";

void runMain(() => startSimulator(optionsOf(config.load(processEnvironment()))));
