import type { DomainEvent } from "@dovetail/contracts";
import { Database, enqueue, WorkRunner, type Claim, type Tx, type WorkResult } from "@dovetail/database";
import { Bus, Consumer, Relay, serveEvents } from "@dovetail/messaging";
import { LOGGER, type Logger } from "@dovetail/service-kit";
import { Inject, Injectable, type OnApplicationBootstrap } from "@nestjs/common";
import { AccountWorker } from "./accounts/account.worker";
import { TenantDirectory } from "./accounts/tenant-directory";
import { BULK_WORK } from "./bulk/bulk-job.service";
import { BulkWorker } from "./bulk/bulk.worker";
import type { Caps } from "./calls/fair-claims";
import { CallGate } from "./calls/call-gate";
import { WorkGate } from "./calls/work-gate";
import { DeadLetterRepository } from "./dead-letters/dead-letter.repository";
import { EventExpander } from "./feed/expand";
import { RoundService } from "./jobs/round.service";
import { RowWorker } from "./jobs/row.worker";
import { ScheduleService } from "./jobs/schedule.service";
import { PLAN_WORK } from "./plans/plan-jobs";
import { PullTurns } from "./plans/pull-turns";
import { PUSHES_IN_HAND, PushHand } from "./push/push-hand";
import { PushWorker } from "./push/push.worker";
import { SETTINGS, type Settings } from "./tokens";
import { WorkBell } from "./work-bell";

type ConfigEvent = "integration.created" | "integration.updated" | "integration.deleted" | "mapping.updated";
type Handler = (claim: Claim, signal: AbortSignal) => Promise<WorkResult>;

/** What goes on by the clock, by what other services say, and by what a person asked for. */
@Injectable()
export class OtherWorkers {
  constructor(
    readonly schedules: ScheduleService,
    readonly rounds: RoundService,
    readonly accounts: AccountWorker,
    readonly bulk: BulkWorker,
  ) {}
}

/** What calls ERPs, each in its lane, and waits with its account. */
@Injectable()
export class CallingWork {
  readonly pull: Handler;
  readonly plan: Handler;
  readonly push: Handler;
  readonly reread: Handler;

  constructor(
    gate: WorkGate,
    pulls: PullTurns,
    pushes: PushWorker,
    rows: RowWorker,
    readonly hand: PushHand,
  ) {
    this.pull = gate.guarded("incremental", (claim, signal) => pulls.handle(claim, signal));
    this.plan = gate.guarded("incremental", (claim, signal) => pulls.plan(claim, signal));
    this.push = hand.counted(gate.guarded("push", (claim, signal) => pushes.handle(claim, signal)));
    this.reread = gate.guarded("reread", (claim) => rows.reread(claim));
  }
}

/** Who handles which kind of work. */
@Injectable()
export class Handlers {
  readonly pulls: Record<string, Handler>;
  readonly pushes: Record<string, Handler>;
  readonly others: Record<string, Handler>;
  readonly hand: PushHand;

  constructor(
    calling: CallingWork,
    rows: RowWorker,
    others: OtherWorkers,
    readonly gate: CallGate,
    readonly work: WorkGate,
  ) {
    const { schedules, rounds, accounts, bulk } = others;
    this.pulls = { pull: calling.pull, [PLAN_WORK]: calling.plan };
    this.hand = calling.hand;
    this.pushes = { push: calling.push };
    this.others = {
      reread: calling.reread,
      "reread-later": calling.reread,
      release: (claim) => rows.release(claim),
      schedule: (claim) => schedules.handle(claim),
      scan: (claim) => rounds.scan(claim),
      watch: (claim) => rounds.watch(claim),
      account: (claim) => accounts.refresh(claim),
      notice: (claim) => accounts.notice(claim),
      [BULK_WORK]: (claim, signal) => bulk.handle(claim, signal),
    };
  }
}

/** Connections to the database and to other services' logs. */
@Injectable()
export class EngineLinks {
  constructor(
    readonly db: Database,
    readonly bus: Bus,
    private readonly tenants: TenantDirectory,
    private readonly letters: DeadLetterRepository,
    @Inject(LOGGER) readonly logger: Logger,
  ) {}

  /** Starts the consumers; each event becomes a row of work in the transaction that stores its position. */
  follow(wake: () => void, leaseMs: number): { stop(): Promise<void> }[] {
    const tenants = () => this.tenants.all();
    const onPoison = (tx: Tx, event: DomainEvent, error: unknown) => this.letters.savePoison(tx, event, error);
    const each = {
      db: this.db,
      bus: this.bus,
      service: "sync-engine",
      leaseMs,
      tenants,
      log: this.logger,
      onPoison,
      applied: wake,
    };
    const config = new Consumer<ConfigEvent>({
      ...each,
      producer: "integration-config",
      types: ["integration.created", "integration.updated", "integration.deleted", "mapping.updated"],
      apply: async (tx, event) => {
        await enqueue(tx, { kind: "account", id: event.data.integrationId, priority: 1 });
      },
    });
    const notices = new Consumer<"notice.received">({
      ...each,
      producer: "gateway",
      types: ["notice.received"],
      apply: async (tx, event) => {
        await enqueue(tx, { kind: "notice", id: event.data.noticeId, priority: 2 });
      },
    });
    config.start();
    notices.start();
    return [config, notices];
  }
}

/** What runs by itself: workers, the log's relay, the consumers of other services' logs. */
@Injectable()
export class Engine implements OnApplicationBootstrap {
  private readonly parts: { stop(): Promise<void> }[] = [];

  constructor(
    private readonly links: EngineLinks,
    private readonly handlers: Handlers,
    private readonly expander: EventExpander,
    private readonly bell: WorkBell,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    const { db, bus, logger } = this.links;
    const { expand, cursorOf } = this.expander;
    serveEvents(bus, { db, producer: "sync-engine", expand });
    const { leaseMs } = this.settings;
    const relay = new Relay({ db, bus, producer: "sync-engine", expand, cursorOf, log: logger, leaseMs });
    relay.start();
    this.parts.push(relay);
    // switched off: the record store and its feed answer, but no ERP is called and nothing is taken up
    if (!this.settings.enabled) return;
    const { concurrency: n } = this.settings;
    const pulls = this.runner(this.handlers.pulls, { all: n * 4, tenant: n, account: n });
    const others = this.runner(this.handlers.others, { all: n * 16, tenant: n * 4, account: n * 2 });
    const { hand } = this.handlers;
    const caps = { all: PUSHES_IN_HAND, tenant: PUSHES_IN_HAND / 2, account: (queue: number) => hand.most(queue) };
    const pushes = this.runner(this.handlers.pushes, caps);
    hand.onShort(() => pushes.nudge());
    this.bell.onRing(() => [relay, pulls, others, pushes].forEach((part) => part.nudge()));
    this.parts.unshift(...this.links.follow(() => others.nudge(), leaseMs), pulls, others, pushes);
  }

  /** Consumers first, then workers (they finish or hand over), the relay last. */
  async stop(): Promise<void> {
    for (const part of this.parts) await part.stop();
    await this.handlers.gate.end();
  }

  private runner(handlers: Record<string, Handler>, caps: Caps & { all: number }): WorkRunner {
    const { db, logger } = this.links;
    const turns = this.handlers.work.claims(caps);
    const runner = new WorkRunner({
      db,
      kinds: Object.keys(handlers),
      concurrency: caps.all,
      claim: (request) => turns.claim(request),
      leaseMs: this.settings.leaseMs,
      handler: (claim, signal) => (handlers[claim.kind] as Handler)(claim, signal).finally(() => turns.ended(claim)),
      onError: (error, claim) =>
        logger.warn({ err: error, kind: claim?.kind, work: claim?.id }, "work will be tried again"),
    });
    runner.start();
    return runner;
  }
}
