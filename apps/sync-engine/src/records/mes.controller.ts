import { isEntityName } from "@dovetail/domain";
import {
  MES_SUBJECTS,
  MesRequest,
  parseMesSubject,
  ProblemError,
  serviceContext,
  type MesAnswer,
  type WriteRecord,
} from "@dovetail/contracts";
import { Bus, validInput } from "@dovetail/messaging";
import { Injectable, type OnModuleDestroy, type OnModuleInit } from "@nestjs/common";
import { TenantDirectory } from "../accounts/tenant-directory";
import { RecordService } from "./record.service";

/**
 * MES modules hand changes in by request on `mes.<tenant>.<entity>.<created|updated|deleted>`. The answer comes after the
 * commit; until it comes the module repeats the request with the same id.
 */
@Injectable()
export class MesController implements OnModuleInit, OnModuleDestroy {
  private end: (() => void) | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly tenants: TenantDirectory,
    private readonly records: RecordService,
  ) {}

  onModuleInit(): void {
    this.end = this.bus.subscribeRaw(MES_SUBJECTS, "sync-engine", ({ subject, json }) => this.accept(subject, json));
  }

  onModuleDestroy(): void {
    this.end?.();
  }

  private async accept(subject: string, json: unknown): Promise<MesAnswer> {
    const parts = parseMesSubject(subject);
    if (!parts) throw new ProblemError("NOT_FOUND", `${subject} is no subject for changes`);
    // the broker lets a tenant's user publish under its own name only: the subject says who it is
    const tenantId = await this.tenants.idOf(parts.tenant);
    const request = validInput(MesRequest, json);
    const { data } = request;
    if (!isEntityName(parts.entity) || data.entityType !== parts.entity)
      throw wrong("data.entityType", data.entityType, `must be ${parts.entity}`);
    const write: WriteRecord = {
      entityType: parts.entity,
      key: data.key,
      op: parts.op === "deleted" ? "delete" : data.patch ? "patch" : "put",
      eventId: request.id,
      sender: request.source,
      ...(data.patch || data.record ? { body: data.patch ?? data.record } : {}),
      ...(data.baseVersion === undefined ? {} : { ifVersion: data.baseVersion }),
    };
    if (parts.op !== "deleted" && !write.body) throw wrong("data", null, "needs record or patch");
    const context = { ...serviceContext("mes", tenantId, parts.tenant), traceparent: request.traceparent };
    const answer = await this.records.write(context, write);
    const transactionIds = answer.transactions.map((transaction) => transaction.id);
    return { accepted: true, duplicate: answer.duplicate, version: answer.version, transactionIds };
  }
}

function wrong(field: string, value: string | null, message: string): ProblemError {
  const errors = [{ field, rule: "mes", value, code: "ERP008", message }];
  return new ProblemError("ERP008", `${field} ${message}`, { errors });
}
