import { sync } from "@dovetail/contracts";
import { Bus } from "@dovetail/messaging";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { Ledger } from "../transactions/ledger.service";
import { ReplayService } from "./replay.service";

@Injectable()
export class ReplayController implements OnModuleInit {
  constructor(
    private readonly bus: Bus,
    private readonly replays: ReplayService,
    private readonly ledger: Ledger,
  ) {}

  onModuleInit(): void {
    this.bus.handle(sync.replay, (input, ctx) => this.replays.start(ctx, input));
    this.bus.handle(sync.replayOne, async (input, ctx) => {
      const id = await this.replays.force(ctx, input);
      this.ledger.ring();
      return this.ledger.get(ctx, id);
    });
  }
}
