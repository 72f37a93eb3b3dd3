import { ProblemError, type CallContext, type Operation } from "@dovetail/contracts";
import { Bus, type Handler } from "@dovetail/messaging";
import { METRICS, type Metrics } from "@dovetail/service-kit";
import { Inject, Injectable } from "@nestjs/common";

/** Offers handlers on the bus and measures them. */
@Injectable()
export class Operations {
  private readonly seconds;

  constructor(
    private readonly bus: Bus,
    @Inject(METRICS) metrics: Metrics,
  ) {
    this.seconds = metrics.histogram("dovetail_operation_seconds", "Time and outcome of answered operations.", [
      "operation",
      "outcome",
    ]);
  }

  answer<I extends object, O>(operation: Operation<I, O>, handler: Handler<I, O>): void {
    this.bus.handle(operation, async (input: I, ctx: CallContext) => {
      const end = this.seconds.startTimer({ operation: operation.subject });
      try {
        const output = await handler(input, ctx);
        end({ outcome: "ok" });
        return output;
      } catch (error) {
        end({ outcome: error instanceof ProblemError ? error.code : "INTERNAL" });
        throw error;
      }
    });
  }
}
