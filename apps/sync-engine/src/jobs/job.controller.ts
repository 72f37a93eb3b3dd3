import { sync } from "@dovetail/contracts";
import { Bus } from "@dovetail/messaging";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { JobService } from "./job.service";

@Injectable()
export class JobController implements OnModuleInit {
  constructor(
    private readonly bus: Bus,
    private readonly jobs: JobService,
  ) {}

  onModuleInit(): void {
    this.bus.handle(sync.execute, (input, ctx) => this.jobs.execute(ctx, input));
    this.bus.handle(sync.jobs, (input, ctx) => this.jobs.list(ctx, input));
    this.bus.handle(sync.job, ({ id }, ctx) => this.jobs.get(ctx, id));
    this.bus.handle(sync.cancelJob, ({ id }, ctx) => this.jobs.cancel(ctx, id));
  }
}
