import { sync } from "@dovetail/contracts";
import { Bus } from "@dovetail/messaging";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { PlanService } from "./plan.service";

@Injectable()
export class PlanController implements OnModuleInit {
  constructor(
    private readonly bus: Bus,
    private readonly plans: PlanService,
  ) {}

  onModuleInit(): void {
    this.bus.handle(sync.plan, (input, ctx) => this.plans.items(ctx, input));
    this.bus.handle(sync.approveJob, (input, ctx) => this.plans.approve(ctx, input));
  }
}
