import type {
  CallContext,
  ConnectionStatus,
  HealthQuery,
  IntegrationHealth,
  IntegrationMetrics,
} from "@dovetail/contracts";
import { Injectable } from "@nestjs/common";
import { AccountService } from "../accounts/account.service";
import { CircuitService } from "../calls/circuit.service";
import { StatusRepository, type MetricsRow, type StatusRow } from "./status.repository";

/** How the integrations of a tenant are doing. */
@Injectable()
export class StatusService {
  constructor(
    private readonly repository: StatusRepository,
    private readonly accounts: AccountService,
    private readonly circuits: CircuitService,
  ) {}

  async health(ctx: CallContext, input: HealthQuery): Promise<IntegrationHealth[]> {
    const name = await this.nameOf(ctx, input);
    const rows = await this.repository.health(ctx.tenantId);
    const standing = await this.circuits.standings(ctx.tenantId);
    const accounts = new Map((await this.accounts.all(ctx.tenantId)).map((account) => [account.num, account]));
    return rows.flatMap((row) => {
      const account = accounts.get(row.num);
      if (!account || (name !== undefined && row.name !== name)) return [];
      return [{ ...health(row), circuit: standing(account), recovering: account.recovering }];
    });
  }

  async metrics(ctx: CallContext, input: HealthQuery): Promise<IntegrationMetrics[]> {
    const name = await this.nameOf(ctx, input);
    const rows = await this.repository.metrics(ctx.tenantId);
    return rows.filter((row) => name === undefined || row.name === name).map(metrics);
  }

  private async nameOf(ctx: CallContext, input: HealthQuery): Promise<string | undefined> {
    return input.integration === undefined
      ? undefined
      : (await this.accounts.get(ctx.tenantId, ctx.tenant, input.integration)).name;
  }
}

function health(row: StatusRow): Omit<IntegrationHealth, "circuit" | "recovering"> {
  const ended = row.completed + row.failed;
  const status: ConnectionStatus = row.status === "ACTIVE" ? row.connection_status : "DISABLED";
  return {
    integration: row.name,
    status,
    lastSyncAt: row.last_sync_at,
    lastError: row.last_error,
    openDeadLetters: row.letters,
    queueDepth: row.queue,
    successRate: ended === 0 ? null : row.completed / ended,
  };
}

function metrics(row: MetricsRow): IntegrationMetrics {
  const { read, created, updated, unchanged, rejected, parked, deleted } = row;
  const pushes = row.pushes;
  const sum = (...statuses: string[]) => statuses.reduce((total, status) => total + (pushes[status] ?? 0), 0);
  return {
    integration: row.name,
    jobs: row.jobs,
    counts: { read, created, updated, unchanged, rejected, parked, deleted },
    averageDurationMs: row.duration_ms,
    queue: {
      pending: (row.jobs.queued ?? 0) + sum("pending", "parked"),
      active: (row.jobs.running ?? 0) + sum("sent", "accepted", "unknown"),
      failed: row.failed_letters,
    },
    pushes,
  };
}
