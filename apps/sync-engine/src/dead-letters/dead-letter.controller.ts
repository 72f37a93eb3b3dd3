import { sync } from "@dovetail/contracts";
import { Bus } from "@dovetail/messaging";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { DeadLetterService } from "./dead-letter.service";

@Injectable()
export class DeadLetterController implements OnModuleInit {
  constructor(
    private readonly bus: Bus,
    private readonly letters: DeadLetterService,
  ) {}

  onModuleInit(): void {
    this.bus.handle(sync.deadLetters, (input, ctx) => this.letters.list(ctx, input));
    this.bus.handle(sync.deadLetter, ({ id }, ctx) => this.letters.get(ctx, id));
    this.bus.handle(sync.retryDeadLetter, (input, ctx) => this.letters.retry(ctx, input));
    this.bus.handle(sync.discardDeadLetter, (input, ctx) => this.letters.discard(ctx, input));
    this.bus.handle(sync.bulkRetry, (input, ctx) => this.letters.bulkRetry(ctx, input));
  }
}
