import "reflect-metadata";
import { processEnvironment, runMain } from "@dovetail/service-kit";
import { startIntegrationConfig } from "./start";

void runMain(() => startIntegrationConfig({ env: processEnvironment() }));
