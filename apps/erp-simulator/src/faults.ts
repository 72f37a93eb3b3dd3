import { createRandom, type Random } from "./random";

/** What can go wrong. `before` = nothing happened, `after` = the effect stands although the caller does not know. */
export const FAULT_KINDS = [
  "auth",
  "sessionExpired",
  "rateLimit",
  "serverError",
  "timeoutBefore",
  "timeoutAfter",
  "lateEffect",
  "reset",
  "resetAfter",
  "truncate",
  "slow",
  "lateCommit",
  "duplicateRows",
  "nul",
  "huge",
  "error",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** One switch. Without `count` it stays until cleared; `probability` is per matching call. */
export interface FaultSpec {
  kind: FaultKind;
  model?: string;
  method?: string;
  /** Matching calls to let pass first. */
  skip?: number;
  count?: number;
  probability?: number;
  /** slow, lateCommit, lateEffect, timeouts: how long, milliseconds. */
  delayMs?: number;
  /** serverError: 500–599. */
  status?: number;
  /** rateLimit: seconds in Retry-After. */
  retryAfter?: number;
  /** nul, huge: the field that is spoilt; else the first text. */
  field?: string;
  /** error: Odoo's name and message. */
  name?: string;
  message?: string;
}

/** A switch and how often it struck. */
export interface FaultState extends FaultSpec {
  id: number;
  struck: number;
}

/** The call that a fault may strike. */
export interface FaultTarget {
  model: string;
  method: string;
}

/** The fault switches of one simulator; the seed makes probabilities repeatable. */
export class Faults {
  private states: FaultState[] = [];
  private nextId = 1;
  private readonly random: Random;

  constructor(readonly seed: number) {
    this.random = createRandom(seed);
  }

  /** Throws on an unknown kind. Returns the switch's id. */
  add(spec: FaultSpec): number {
    if (!FAULT_KINDS.includes(spec.kind)) throw new Error(`unknown fault kind: ${String(spec.kind)}`);
    const state = { ...spec, id: this.nextId++, struck: 0 };
    this.states.push(state);
    return state.id;
  }

  clear(id?: number): void {
    this.states = id === undefined ? [] : this.states.filter((state) => state.id !== id);
  }

  list(): FaultState[] {
    return this.states.map((state) => ({ ...state }));
  }

  /** Every switch that strikes this call; counts go down at once. */
  strike(target: FaultTarget): FaultSpec[] {
    return this.states.filter((state) => {
      if (state.model !== undefined && state.model !== target.model) return false;
      if (state.method !== undefined && state.method !== target.method) return false;
      if (state.skip !== undefined && state.skip > 0) {
        state.skip--;
        return false;
      }
      if (state.count !== undefined && state.struck >= state.count) return false;
      if (state.probability !== undefined && this.random() >= state.probability) return false;
      state.struck++;
      return true;
    });
  }
}
