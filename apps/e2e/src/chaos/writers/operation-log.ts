import type { EntityName, JsonObject } from "@dovetail/domain";
import type { InvalidRow, Operation } from "../history";

/** What a writer is about to do. */
export interface Intent {
  entity: EntityName;
  key: string;
  action: Operation["action"];
  fields: JsonObject;
}

/** How a write ended. */
export type Outcome = Pick<Operation, "outcome"> & { version?: number; seq?: number };

/** The writers' logs of a run: every operation with its outcome, whatever that was. */
export class OperationLog {
  readonly operations: Operation[] = [];
  /** What was made invalid on purpose. */
  readonly invalid: InvalidRow[] = [];

  /** Writes down an operation around what does it; a throw is a failure without effect. */
  async around(
    who: { writer: string; counter: number; side: Operation["side"] },
    intent: Intent,
    work: () => Promise<Outcome>,
  ): Promise<Operation> {
    const started = Date.now();
    // Written down before it starts: a run that ends meanwhile knows that it may have happened.
    const operation: Operation = {
      id: `${who.writer}.${who.counter}`,
      ...who,
      ...intent,
      started,
      ended: started,
      outcome: "unknown",
    };
    this.operations.push(operation);
    try {
      Object.assign(operation, await work());
    } finally {
      operation.ended = Date.now();
    }
    return operation;
  }

  /** Operations of a side that surely took effect. */
  get done(): number {
    return this.operations.filter(({ outcome }) => outcome === "ok").length;
  }
}
