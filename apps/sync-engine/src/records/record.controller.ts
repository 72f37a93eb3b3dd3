import { sync } from "@dovetail/contracts";
import { Bus } from "@dovetail/messaging";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { FeedService } from "../feed/feed.service";
import { Ledger } from "../transactions/ledger.service";
import { FinancialService } from "./financial.service";
import { RecordService } from "./record.service";

@Injectable()
export class RecordController implements OnModuleInit {
  constructor(
    private readonly bus: Bus,
    private readonly records: RecordService,
    private readonly financial: FinancialService,
    private readonly feed: FeedService,
    private readonly ledger: Ledger,
  ) {}

  onModuleInit(): void {
    this.bus.handle(sync.recordsByKey, (input, ctx) => this.records.byKey(ctx, input));
    this.bus.handle(sync.records, (input, ctx) => this.records.list(ctx, input));
    this.bus.handle(sync.write, (input, ctx) => this.records.write(ctx, input));
    this.bus.handle(sync.financial, (input, ctx) => this.financial.list(ctx, input));
    this.bus.handle(sync.changes, (input, ctx) => this.feed.changes(ctx, input));
    this.bus.handle(sync.transactions, (input, ctx) => this.ledger.list(ctx, input));
    this.bus.handle(sync.transaction, ({ id }, ctx) => this.ledger.get(ctx, id));
  }
}
