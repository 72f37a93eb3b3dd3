import { ENTITIES, type EntityName } from "@dovetail/domain";
import { assertHeld, Database, type Claim } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { AccountService } from "../accounts/account.service";
import { SessionService, type Session } from "../accounts/session.service";
import { CircuitService } from "../calls/circuit.service";
import { PushRepository } from "./push.repository";

/**
 * Which way a push goes: to its ERP, or, while the ERP's circuit is open, through the file exchange that the integration names.
 * One that went one way stays with it for ever: only one that never left may still go the other.
 */
@Injectable()
export class PushChannels {
  constructor(
    private readonly db: Database,
    private readonly pushes: PushRepository,
    private readonly accounts: AccountService,
    private readonly sessions: SessionService,
    private readonly circuits: CircuitService,
  ) {}

  /** The session that the link's next push goes through. Throws AdapterError, ProblemError when it cannot be opened. */
  async open(claim: Claim, account: Account, entity: EntityName, key: string): Promise<Session> {
    if (account.document.features.fileFallback === undefined) return this.sessions.open(account);
    const { code } = ENTITIES[entity];
    const [push] = await this.db.readOnly(account.tenantId, (tx) => this.pushes.open(tx, account.num, code, key));
    if (push?.channel != null) {
      const taken = await this.accounts.byNumber(account.tenantId, push.channel);
      return taken ? this.through(account, taken) : this.sessions.open(account);
    }
    const neverLeft = (push?.status === "pending" || push?.status === "parked") && push.sent_ms === null;
    const fallback = neverLeft ? await this.fallbackOf(account) : undefined;
    if (!fallback || !(await this.circuits.isOpen(account))) return this.sessions.open(account);
    const session = await this.through(account, fallback);
    if (!session.adapter.entities[entity]?.push) return this.sessions.open(account);
    const chosen = await this.db.transaction(account.tenantId, async (tx) => {
      await assertHeld(tx, claim);
      return this.pushes.choose(tx, push?.id ?? "", fallback.num);
    });
    return chosen ? session : this.sessions.open(account);
  }

  private async fallbackOf(account: Account): Promise<Account | undefined> {
    const name = account.document.features.fileFallback;
    const all = await this.accounts.all(account.tenantId);
    const found = all.find((each) => each.name === name && !each.deleted && each.num !== account.num);
    return found?.document.status === "ACTIVE" ? found : undefined;
  }

  /** The file exchange as a way to the account's ERP: its links and locks are the account's own, its words the exchange's. */
  private async through(account: Account, fallback: Account): Promise<Session> {
    const session = await this.sessions.open(fallback);
    const { system, version } = account.document.adapter;
    return { ...session, adapter: { ...session.adapter, system, version }, words: fallback };
  }
}
