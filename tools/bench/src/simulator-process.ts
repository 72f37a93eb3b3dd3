import { startBulk, type RunningBulk } from "@dovetail/erp-simulator";
import type { Commands } from "./child-side";
import { SOURCE_FIELDS } from "./limit/source";

let bulk: RunningBulk | undefined;

/** The simulated ERP: its pages are serialised before anybody asks for them. */
export const simulator = {
  async start({ rows }: { rows: number }) {
    await bulk?.stop();
    bulk = await startBulk({ rows, fields: SOURCE_FIELDS });
    return { url: bulk.url, database: bulk.database };
  },
  change: ({ share }: { share: number }) => bulk?.change(share) ?? 0,
} satisfies Commands;
