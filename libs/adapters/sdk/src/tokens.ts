/** What a token server gave. */
export interface Tokens {
  accessToken: string;
  /** Absent: the one before stays, where there was one. */
  refreshToken?: string;
  /** From the answer on, milliseconds; absent: not known. */
  expiresInMs?: number;
}

/** A token of the account. Each set that a token server gave has a generation of its own. */
export interface HeldToken {
  accessToken: string;
  generation: number;
}

/**
 * The account's tokens, the same in every process. `renew` is called by one process at a time, with the newest refresh
 * token (undefined: the configured one); what it gives is stored before it is used.
 */
export interface TokenStore {
  /** `stale`: the generation that the ERP has refused. Throws AdapterError AUTH when a person must sign in again. */
  get(renew: (refreshToken: string | undefined) => Promise<Tokens>, stale?: number): Promise<HeldToken>;
}
