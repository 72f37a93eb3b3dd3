import { Injectable } from "@nestjs/common";
import { Database } from "@dovetail/database";
import { purgeLog } from "@dovetail/messaging";
import { KeptAnswers } from "./http/kept-answers";
import { NoticeRepository } from "./notices/notice.repository";
import { TenantService } from "./tenants/tenant.service";

const NOTICE_DAYS = 30;

/** Removes what is no longer needed: kept answers, old notices, ended sessions, old rows of the log. */
@Injectable()
export class Sweeper {
  constructor(
    private readonly db: Database,
    private readonly tenants: TenantService,
    private readonly answers: KeptAnswers,
    private readonly notices: NoticeRepository,
  ) {}

  async sweep(): Promise<void> {
    for (const { id } of await this.tenants.list()) {
      await this.answers.removeOld(id);
      await this.notices.removeOld(id, NOTICE_DAYS);
      await this.db.transaction(id, (tx) =>
        tx.execute("delete from sessions where tenant_id = $1 and expires_at < clock_timestamp()", [id]),
      );
    }
    await purgeLog(this.db);
  }
}
