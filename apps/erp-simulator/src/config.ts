import { boolean, defineConfig, integer, oneOf, port, string, type ConfigValues } from "@dovetail/service-kit";
import type { OdooVersion, SimulatorOptions } from "./options";

/** The variables of a simulator that runs by itself. */
export const config = defineConfig({
  ODOO_VERSION: oneOf(["14", "17", "19"], "19"),
  PORT: port(8069),
  SEED: integer({ default: 1 }),
  CONTROL: boolean(false),
  DATA_DIR: string({ default: "" }),
});

/** The options those variables mean; the seed and the address go to standard output. */
export function optionsOf(values: ConfigValues<typeof config.fields>): SimulatorOptions {
  return {
    version: Number(values.ODOO_VERSION) as OdooVersion,
    port: values.PORT,
    seed: values.SEED,
    control: values.CONTROL,
    log: (line) => process.stdout.write(`${line}\n`),
    ...(values.DATA_DIR === "" ? {} : { dataDir: values.DATA_DIR }),
  };
}
