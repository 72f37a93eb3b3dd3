import { uuidv7, type JsonObject } from "@dovetail/domain";
import { ProblemError } from "@dovetail/contracts";
import { Database, type Tx } from "@dovetail/database";
import type { Encrypted } from "@dovetail/crypto";
import { Injectable } from "@nestjs/common";

/** Whose tokens, for which credentials, and which process asks. */
export interface TokenHolder {
  tenantId: string;
  num: number;
  name: string;
  owner: string;
  credentials: string;
}

export interface TokenTurn {
  state: "held" | "renew" | "wait" | "required";
  generation: number;
  sealed: Encrypted | null;
  /** Milliseconds until the access token ends; null: it does not say. */
  expires_ms: number | null;
  /** It was found out just now that nobody can renew them. */
  newly: boolean;
}

const MARGIN_MS = 30_000;
const LEASE_MS = 30_000;
const REASON = "AUTH_REQUIRED";

/** SQL of tokens. */
@Injectable()
export class TokenRepository {
  constructor(private readonly db: Database) {}

  async begin({ tenantId, num, owner, credentials }: TokenHolder, stale: number | null): Promise<TokenTurn> {
    const [turn] = await this.db.call<TokenTurn>({
      name: "begin_tokens",
      text: "select * from sync_engine.begin_tokens($1, $2, $3, $4, $5, $6, $7)",
      values: [tenantId, num, owner, credentials, stale, MARGIN_MS, LEASE_MS],
    });
    if (!turn) throw new Error("no turn came back");
    return turn;
  }

  /** The next generation stands; what said that a person is needed is settled. False when another process was quicker. */
  async commit(holder: TokenHolder, generation: number, sealed: Encrypted, expiresMs: number | null): Promise<boolean> {
    return this.db.transaction(holder.tenantId, async (tx) => {
      const changed = await tx.execute(
        `update sync_engine.erp_tokens set generation = generation + 1, sealed = $5, owner = null, lease_until = null, tries = 0,
           required = false, expires_at = clock_timestamp() + $6::float8 * interval '1 millisecond'
         where tenant_id = $1 and integration = $2 and owner = $3 and generation = $4`,
        [tx.tenantId, holder.num, holder.owner, generation, JSON.stringify(sealed), expiresMs],
      );
      if (changed === 0) return false;
      await tx.execute(
        `update sync_engine.dead_letters set status = 'RESOLVED', note = 'signed in again', version = version + 1, updated_at = now()
         where tenant_id = $1 and integration = $2 and kind = 'CONNECTION' and reason = $3 and status = 'OPEN'`,
        [tx.tenantId, holder.num, REASON],
      );
      return true;
    });
  }

  /** The token server answered that it could not now: that was no try. */
  async release({ tenantId, num, owner }: TokenHolder): Promise<void> {
    await this.db.transaction(tenantId, (tx) =>
      tx.execute(
        `update sync_engine.erp_tokens set owner = null, lease_until = null, tries = greatest(tries - 1, 0)
         where tenant_id = $1 and integration = $2 and owner = $3`,
        [tenantId, num, owner],
      ),
    );
  }

  /** Nobody asks any more until a person has signed in again: listed, and said of the connection. */
  async require(holder: TokenHolder): Promise<void> {
    await this.db.transaction(holder.tenantId, async (tx) => {
      await tx.execute(
        `update sync_engine.erp_tokens set required = true, owner = null, lease_until = null
         where tenant_id = $1 and integration = $2`,
        [tx.tenantId, holder.num],
      );
      await this.list(tx, holder);
    });
  }

  /** A person says that it may work again. */
  async retry(tenantId: string, num: number): Promise<void> {
    await this.db.transaction(tenantId, (tx) =>
      tx.execute(
        `update sync_engine.erp_tokens set required = false, tries = 0 where tenant_id = $1 and integration = $2 and required`,
        [tenantId, num],
      ),
    );
  }

  private async list(tx: Tx, { num, name }: TokenHolder): Promise<void> {
    const problem = signInAgain(name).problem as unknown as JsonObject;
    await tx.execute(
      `insert into sync_engine.dead_letters (tenant_id, id, kind, direction, integration, reason, problem)
       select $1, $2, 'CONNECTION', 'inbound', $3, $4, $5 where not exists (
         select 1 from sync_engine.dead_letters d where d.tenant_id = $1 and d.integration = $3 and d.kind = 'CONNECTION'
           and d.reason = $4 and d.status = 'OPEN')`,
      [tx.tenantId, uuidv7(), num, REASON, JSON.stringify(problem)],
    );
    await tx.execute(
      `update sync_engine.accounts set connection_status = 'EXPIRED', last_error = $3 where tenant_id = $1 and num = $2`,
      [tx.tenantId, num, JSON.stringify(problem)],
    );
  }
}

export function signInAgain(name: string): ProblemError {
  return new ProblemError("ERP002", `${name} no longer takes the tokens that it gave: a person must sign in again`, {
    resolution: "Sign in at the ERP, and store the new credentials with PATCH /erp/integrations/:integration.",
  });
}
