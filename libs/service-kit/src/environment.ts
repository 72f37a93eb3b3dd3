/** Variables by name, as a process or a test gives them. */
export type Environment = Record<string, string | undefined>;

/** A copy of the process's variables. The only place that reads them: everything else is handed its configuration. */
export function processEnvironment(): Environment {
  return { ...process.env };
}
