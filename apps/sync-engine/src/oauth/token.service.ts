import { createHash, randomBytes } from "node:crypto";
import { AdapterError, type HeldToken, type Tokens, type TokenStore } from "@dovetail/adapter-sdk";
import { decrypt, encrypt, KeyRing } from "@dovetail/crypto";
import type { Clock } from "@dovetail/resilience";
import { Inject, Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { CrashPoints } from "../crash-points";
import { CLOCK } from "../tokens";
import { signInAgain, TokenRepository, type TokenHolder, type TokenTurn } from "./token.repository";

/** How long another process' renewal is waited for between two looks. */
const LOOK_MS = 100;
/** Tokens that end within it are asked for anew. */
const MARGIN_MS = 30_000;

type Renew = (refreshToken: string | undefined) => Promise<Tokens>;

interface Kept extends HeldToken {
  /** Monotonic milliseconds. */
  until: number;
}

/** Accounts' tokens, one set for all processes: renewed by one of them, stored before they are used. */
@Injectable()
export class TokenService {
  private readonly owner = `${process.pid}-${randomBytes(4).toString("hex")}`;

  constructor(
    private readonly repository: TokenRepository,
    private readonly keys: KeyRing,
    private readonly crash: CrashPoints,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The tokens of one session of the account. */
  of(account: Account): TokenStore {
    const { tenantId, num, name } = account;
    const credentials = digestOf(account);
    const holder = { tenantId, num, name, owner: `${this.owner}-${randomBytes(2).toString("hex")}`, credentials };
    let kept: Kept | undefined;
    let asking: Promise<Kept> | undefined;
    return {
      get: async (renew, stale) => {
        if (kept && kept.generation !== stale && this.clock.monotonic() < kept.until) return kept;
        asking ??= this.ask(holder, renew, stale ?? null).finally(() => (asking = undefined));
        kept = await asking;
        return kept;
      },
    };
  }

  /** A person says that tokens that were given up may be taken again. */
  retry({ tenantId, num }: Account): Promise<void> {
    return this.repository.retry(tenantId, num);
  }

  private async ask(holder: TokenHolder, renew: Renew, stale: number | null): Promise<Kept> {
    for (;;) {
      const turn = await this.repository.begin(holder, stale);
      switch (turn.state) {
        case "held":
          return this.opened(holder, turn);
        case "wait":
          await this.clock.sleep(LOOK_MS);
          break;
        case "required":
          if (turn.newly) await this.repository.require(holder);
          throw refused(holder.name);
        case "renew": {
          const renewed = await this.renewed(holder, turn, renew);
          if (renewed) return renewed;
        }
      }
    }
  }

  /** Undefined: another process took the lease over and was quicker. */
  private async renewed(holder: TokenHolder, turn: TokenTurn, renew: Renew): Promise<Kept | undefined> {
    const before = turn.sealed ? this.decrypted(holder, turn) : undefined;
    let tokens: Tokens;
    try {
      tokens = await renew(before?.refreshToken);
    } catch (error) {
      if (!(error instanceof AdapterError) || error.category !== "AUTH") {
        await this.repository.release(holder);
        throw error;
      }
      await this.repository.require(holder);
      throw refused(holder.name, error);
    }
    this.crash.at("token.before-commit");
    // one that does not come with the answer stays as it was
    const refreshToken = tokens.refreshToken ?? before?.refreshToken;
    const next: Tokens = { ...tokens, ...(refreshToken === undefined ? {} : { refreshToken }) };
    const sealed = encrypt(this.keys, JSON.stringify(next), contextOf(holder));
    const expiresMs = tokens.expiresInMs ?? null;
    if (!(await this.repository.commit(holder, turn.generation, sealed, expiresMs))) return undefined;
    return this.kept(tokens.accessToken, turn.generation + 1, expiresMs);
  }

  private opened(holder: TokenHolder, turn: TokenTurn): Kept {
    return this.kept(this.decrypted(holder, turn).accessToken, turn.generation, turn.expires_ms);
  }

  private decrypted(holder: TokenHolder, { sealed }: TokenTurn): Tokens {
    if (!sealed) throw new Error("there are no tokens");
    return JSON.parse(decrypt(this.keys, sealed, contextOf(holder)).toString()) as Tokens;
  }

  private kept(accessToken: string, generation: number, expiresMs: number | null): Kept {
    const until = expiresMs === null ? Infinity : this.clock.monotonic() + expiresMs - MARGIN_MS;
    return { accessToken, generation, until };
  }
}

/** Of the credentials' content, which stays when they are wrapped under another key. */
function digestOf({ sealed }: Account): string {
  return createHash("sha256")
    .update(String(sealed?.["data"] ?? ""))
    .digest("hex");
}

function contextOf({ tenantId, num }: TokenHolder): string {
  return `tokens/${tenantId}/${num}`;
}

function refused(name: string, cause?: unknown): AdapterError {
  const { message } = signInAgain(name);
  return new AdapterError(message, { category: "AUTH", code: "ERP002", bodyCode: "AUTH_REQUIRED", sent: "no", cause });
}
