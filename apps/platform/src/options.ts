import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  boolean,
  defineConfig,
  LOG_LEVELS,
  oneOf,
  optional,
  port,
  secret,
  string,
  url,
  type ConfigValues,
  type Environment,
} from "@dovetail/service-kit";
import { StartError } from "./start-error";

/** The platform's own variables; those of the services are handed on to them. */
export const platformConfig = defineConfig({
  PORT: port(3001),
  HOST: string({ default: "127.0.0.1" }),
  /** Where everything is kept that has to survive a restart. */
  DOVETAIL_DIR: string({ default: ".dovetail" }),
  /** A PostgreSQL of one's own, as a role that may create roles and schemas; absent: the bundled one. */
  DATABASE_URL: optional(url({ protocols: ["postgres", "postgresql"] })),
  /** A NATS of one's own with JetStream; absent: the bundled one. */
  NATS_URL: optional(string({ pattern: /^(nats|tls):\/\// })),
  NATS_USER: optional(string()),
  NATS_PASSWORD: optional(secret()),
  /** Path of a nats-server to run instead of the bundled one. */
  NATS_SERVER_BIN: optional(string()),
  OPERATOR_KEY: optional(secret({ minLength: 20 })),
  ERP_INTEGRATION_ENABLED: boolean(true),
  ERP_LOG_LEVEL: oneOf(LOG_LEVELS, "info"),
});

/** What this start is to do. */
export interface Options extends Omit<ConfigValues<typeof platformConfig.fields>, "DOVETAIL_DIR"> {
  /** Absolute. */
  dir: string;
  fresh: boolean;
  demo: boolean;
  logFile: string;
  /** As given to the process, for the services. */
  env: Environment;
}

/** Asked for help: not an error. */
export class HelpWanted extends Error {
  override readonly name = "HelpWanted";
}

export const USAGE = `npm start -- [options]

  --port N     port of the API (PORT, 3001)
  --dir DIR    where data is kept (DOVETAIL_DIR, .dovetail)
  --fresh      begin anew: everything in that folder is removed first
  --no-demo    no demo tenant and no simulated ERP
  --help       this text

Instead of the bundled servers: DATABASE_URL (PostgreSQL 14 or later), NATS_URL with NATS_USER and NATS_PASSWORD.`;

/** Reads arguments and environment. Throws StartError, ConfigError or HelpWanted. */
export function readOptions(args: readonly string[], env: Environment): Options {
  const values = parse(args);
  if (values.help) throw new HelpWanted();
  const given: Environment = {
    ...env,
    ...(values.port === undefined ? {} : { PORT: values.port }),
    ...(values.dir === undefined ? {} : { DOVETAIL_DIR: values.dir }),
  };
  const { DOVETAIL_DIR, ...config } = platformConfig.load(given);
  const fresh = values.fresh ?? false;
  if (fresh && config.DATABASE_URL !== undefined)
    throw new StartError(
      "--fresh removes only what the platform keeps itself: empty the database of DATABASE_URL by hand.",
    );
  const dir = resolve(DOVETAIL_DIR);
  const demo = !values["no-demo"] && config.ERP_INTEGRATION_ENABLED;
  return { ...config, dir, fresh, demo, logFile: join(dir, "logs", "platform.log"), env: given };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: "string" },
        dir: { type: "string" },
        fresh: { type: "boolean" },
        "no-demo": { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`, 2);
  }
}
