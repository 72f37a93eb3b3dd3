import { processEnvironment, runMain } from "@dovetail/service-kit";
import { startGateway } from "./start";

void runMain(() => startGateway({ env: processEnvironment() }));
