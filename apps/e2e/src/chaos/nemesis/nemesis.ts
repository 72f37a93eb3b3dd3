import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, FaultKind } from "../history";
import type { Random } from "../random";
import type { World } from "../world";
import type { Strike } from "./hand";

/** Does harm with both hands: one strikes processes, servers and lines, the other calls and writes. */
export class Nemesis {
  readonly faults: Fault[] = [];

  constructor(
    private readonly world: World,
    private readonly wanted: Partial<Record<FaultKind, number>>,
    private readonly say: (line: string) => void,
  ) {}

  /** Strikes one after the other until the signal; what is missing most comes first. */
  async hand(strikes: readonly Strike[], random: Random, pauseMs: number, signal: AbortSignal): Promise<void> {
    if (strikes.length === 0) return;
    while (!signal.aborted) {
      await sleep(random.between(0, pauseMs * 2), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.strike(this.choose(strikes, random));
    }
  }

  observed(kind: FaultKind): number {
    return this.faults.filter((fault) => fault.kind === kind && fault.observed).length;
  }

  async strike(strike: Strike): Promise<void> {
    const at = Date.now();
    const struck = await strike.run(this.world);
    for (const { kind = strike.kind, ...one } of [struck].flat()) {
      this.faults.push({ kind, at, until: Date.now(), ...one });
      this.say(`  ${kind}${one.target === undefined ? "" : ` ${one.target}`}${one.observed ? "" : " (not observed)"}`);
    }
  }

  private choose(strikes: readonly Strike[], random: Random): Strike {
    const missing = strikes.filter(({ kind }) => this.observed(kind) < (this.wanted[kind] ?? 0));
    const pool = missing.length > 0 && random.chance(0.6) ? missing : strikes;
    let left = random.next() * pool.reduce((sum, { weight }) => sum + weight, 0);
    for (const strike of pool) if ((left -= strike.weight) <= 0) return strike;
    return random.pick(pool);
  }
}
