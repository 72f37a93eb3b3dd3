// What `npm run erp:migrate` runs: builds what has changed, then brings every service's schema to its newest version.
import { createRequire } from "node:module";
import { join } from "node:path";
import { buildAll } from "./build-all.mjs";

await buildAll(["apps/platform"]);
createRequire(import.meta.url)(join(import.meta.dirname, "../dist/apps/platform/migrate.js"));
