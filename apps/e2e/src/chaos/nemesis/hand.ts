import type { Fault, FaultKind } from "../history";
import type { World } from "../world";

/** What a strike tells of itself when it is over. */
export type Struck = Omit<Fault, "kind" | "at" | "until"> & { kind?: FaultKind };

/** One way to do harm. */
export interface Strike {
  kind: FaultKind;
  /** How often it comes beside others while nothing is missing. */
  weight: number;
  /** Does it, waits for its effect, and leaves nothing broken behind. Several when one blow shows as several kinds. */
  run(world: World): Promise<Struck | Struck[]>;
}
