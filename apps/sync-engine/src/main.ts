import "reflect-metadata";
import { processEnvironment, runMain } from "@dovetail/service-kit";
import { startSyncEngine } from "./start";

void runMain(() => startSyncEngine({ env: processEnvironment() }));
