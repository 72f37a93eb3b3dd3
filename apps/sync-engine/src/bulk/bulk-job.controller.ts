import { sync } from "@dovetail/contracts";
import { Bus } from "@dovetail/messaging";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { BulkJobService } from "./bulk-job.service";

@Injectable()
export class BulkJobController implements OnModuleInit {
  constructor(
    private readonly bus: Bus,
    private readonly jobs: BulkJobService,
  ) {}

  onModuleInit(): void {
    this.bus.handle(sync.bulkJobs, (input, ctx) => this.jobs.list(ctx, input));
    this.bus.handle(sync.bulkJob, ({ id }, ctx) => this.jobs.get(ctx, id));
    this.bus.handle(sync.cancelBulkJob, ({ id }, ctx) => this.jobs.cancel(ctx, id));
  }
}
