import type { ConfigField } from "./config-fields";
import type { Environment } from "./environment";

/** One variable that cannot be used: its name, what is wrong with it, what is expected. */
export interface ConfigFault {
  name: string;
  wrong: string;
  expected: string;
}

/** Every bad variable at once. The message lists them and holds no secret value. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly ConfigFault[]) {
    const lines = faults.map((fault) => `  ${fault.name} ${fault.wrong}; expected ${fault.expected}`);
    super(`The configuration has ${faults.length} ${faults.length === 1 ? "fault" : "faults"}:\n${lines.join("\n")}`);
    this.name = "ConfigError";
  }
}

/** The type that a set of fields gives when loaded. */
export type ConfigValues<F> = { readonly [K in keyof F]: F[K] extends ConfigField<infer T> ? T : never };

/** A service's variables, declared once. */
export interface ConfigDefinition<F> {
  readonly fields: F;
  /** The frozen values. Throws ConfigError naming every bad variable. Unknown variables are ignored. */
  load(env: Environment): ConfigValues<F>;
}

type Fields = Record<string, ConfigField<unknown>>;

/** Declares the variables of a service: `defineConfig({ PORT: port(3001), DATABASE_URL: url() })`. */
export function defineConfig<const F extends Fields>(fields: F): ConfigDefinition<F> {
  return { fields, load: (env) => loadFields(fields, env) };
}

function loadFields<F extends Fields>(fields: F, env: Environment): ConfigValues<F> {
  const values: Record<string, unknown> = {};
  const faults: ConfigFault[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const text = env[name]?.trim() ?? "";
    if (text === "") {
      if (field.absent) values[name] = field.absent.value;
      else faults.push({ name, wrong: "is not set", expected: field.expected });
      continue;
    }
    try {
      values[name] = field.parse(text);
    } catch (error) {
      faults.push({ name, wrong: error instanceof Error ? error.message : "is wrong", expected: field.expected });
    }
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(values) as ConfigValues<F>;
}
