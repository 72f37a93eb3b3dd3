import { processEnvironment } from "@dovetail/service-kit";
import { migrateOnly } from "./migrate-only";

void migrateOnly(processEnvironment());
