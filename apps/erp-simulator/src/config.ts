import type { SimulatorOptions } from "./start";

/** Reads the environment of a simulator that runs by itself; a bad value ends the start with every fault named. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): SimulatorOptions {
  const version = Number(env["ODOO_VERSION"] ?? 19);
  const port = Number(env["PORT"] ?? 0);
  const seed = Number(env["SEED"] ?? 1);
  const faults: string[] = [];
  if (version !== 14 && version !== 17 && version !== 19) faults.push("ODOO_VERSION must be 14, 17 or 19");
  if (!Number.isInteger(port) || port < 0 || port > 65535) faults.push("PORT must be a port number");
  if (!Number.isInteger(seed)) faults.push("SEED must be a whole number");
  if (faults.length > 0) throw new Error(faults.join("; "));
  return {
    version: version as 14 | 17 | 19,
    port,
    seed,
    control: env["CONTROL"] === "true",
    ...(env["DATA_DIR"] ? { dataDir: env["DATA_DIR"] } : {}),
  };
}
