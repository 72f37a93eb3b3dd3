import type { Claim, WorkResult } from "@dovetail/database";
import type { Clock } from "@dovetail/resilience";
import { Inject, Injectable } from "@nestjs/common";
import { queueOf } from "../calls/work-gate";
import { CLOCK } from "../tokens";

type Handler = (claim: Claim, signal: AbortSignal) => Promise<WorkResult>;

/** Pushes that this process has claimed at most: planned, marked, under way, or waiting for the commit of their end. */
export const PUSHES_IN_HAND = 512;
/** A supply for so long is claimed ahead: as long as it takes to claim, plan and mark what comes next. */
const SUPPLY_MS = 100;
const LEAST = 16;

/** What is in hand of one account. */
interface Supply {
  all: number;
  /** Not marked yet. */
  waiting: Set<Claim>;
  /** How many were marked in the span before, and in this one, which began at `since`. */
  before: number;
  lately: number;
  since: number;
}

/**
 * The pushes that this process has claimed: of each account a supply for its calls of the next moment, and no more. What is
 * claimed beyond that would keep other accounts and other processes waiting.
 */
@Injectable()
export class PushHand {
  private readonly supplies = new Map<number, Supply>();
  private listener: (() => void) | undefined;

  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** How many pushes of an account may be claimed in all, those in hand included. */
  most(queue: number): number {
    const supply = this.supplies.get(queue);
    return supply ? supply.all - supply.waiting.size + wantedOf(supply) : LEAST;
  }

  /** Called when an account has few pushes left that are not marked. */
  onShort(listener: () => void): void {
    this.listener = listener;
  }

  /** The handler of pushes, its claims counted. */
  counted(handler: Handler): Handler {
    return async (claim, signal) => {
      const supply = this.supplyOf(queueOf(claim.id));
      supply.all++;
      supply.waiting.add(claim);
      try {
        return await handler(claim, signal);
      } finally {
        this.left(claim);
        supply.all--;
      }
    };
  }

  /** It is marked, or its turn has ended. */
  left(claim: Claim): void {
    const supply = this.supplyOf(queueOf(claim.id));
    if (!supply.waiting.delete(claim)) return;
    const now = this.clock.monotonic();
    if (now - supply.since >= SUPPLY_MS) {
      supply.before = now - supply.since < 2 * SUPPLY_MS ? supply.lately : 0;
      [supply.lately, supply.since] = [0, now];
    }
    supply.lately++;
    if (supply.waiting.size <= wantedOf(supply) / 2) this.listener?.();
  }

  private supplyOf(queue: number): Supply {
    const known = this.supplies.get(queue);
    if (known) return known;
    const supply = { all: 0, waiting: new Set<Claim>(), before: 0, lately: 0, since: -Infinity };
    this.supplies.set(queue, supply);
    return supply;
  }
}

function wantedOf({ before, lately }: Supply): number {
  return Math.max(LEAST, 2 * Math.max(before, lately));
}
