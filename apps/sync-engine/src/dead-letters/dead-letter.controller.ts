import { sync } from "@dovetail/contracts";
import { Bus } from "@dovetail/messaging";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { DeadLetterService } from "./dead-letter.service";
import { LetterDesk } from "./letter-desk.service";
import { LetterRetryTask } from "./letter-retry.task";

@Injectable()
export class DeadLetterController implements OnModuleInit {
  constructor(
    private readonly bus: Bus,
    private readonly letters: DeadLetterService,
    private readonly desk: LetterDesk,
    private readonly retries: LetterRetryTask,
  ) {}

  onModuleInit(): void {
    this.bus.handle(sync.deadLetters, (input, ctx) => this.letters.list(ctx, input));
    this.bus.handle(sync.deadLetter, ({ id }, ctx) => this.letters.get(ctx, id));
    this.bus.handle(sync.retryDeadLetter, async (input, ctx) => {
      await this.desk.retry(ctx, input);
      return this.letters.get(ctx, input.id);
    });
    this.bus.handle(sync.discardDeadLetter, async (input, ctx) => {
      await this.desk.discard(ctx, input);
      return this.letters.get(ctx, input.id);
    });
    this.bus.handle(sync.bulkRetry, (input, ctx) => this.retries.start(ctx, input));
  }
}
