import { sync } from "@dovetail/contracts";
import { Bus } from "@dovetail/messaging";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { PlanService } from "./plan.service";
import { RollbackService } from "./rollback.service";

@Injectable()
export class PlanController implements OnModuleInit {
  constructor(
    private readonly bus: Bus,
    private readonly plans: PlanService,
    private readonly rollbacks: RollbackService,
  ) {}

  onModuleInit(): void {
    this.bus.handle(sync.plan, (input, ctx) => this.plans.items(ctx, input));
    this.bus.handle(sync.approveJob, (input, ctx) => this.plans.approve(ctx, input));
    this.bus.handle(sync.rollbackJob, ({ id }, ctx) => this.rollbacks.start(ctx, id));
  }
}
