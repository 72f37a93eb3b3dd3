import type { Options } from "./options";
import type { Report } from "./report";
import type { Servers } from "./servers";

/** The page merge alone against COPY. */
export async function measureApi(_servers: Servers, _options: Options, _report: Report): Promise<void> {}
