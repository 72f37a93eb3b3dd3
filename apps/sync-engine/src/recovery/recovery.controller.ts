import { sync } from "@dovetail/contracts";
import { Bus } from "@dovetail/messaging";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { RecoveryService } from "./recovery.service";

@Injectable()
export class RecoveryController implements OnModuleInit {
  constructor(
    private readonly bus: Bus,
    private readonly recovery: RecoveryService,
  ) {}

  onModuleInit(): void {
    this.bus.handle(sync.recovery, ({ id }, ctx) => this.recovery.get(ctx, id));
    this.bus.handle(sync.reset, ({ id }, ctx) => this.recovery.reset(ctx, id));
    this.bus.handle(sync.release, ({ id, force }, ctx) => this.recovery.release(ctx, id, force ?? false));
  }
}
