/** Random numbers that a seed repeats (mulberry32). */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
    for (let i = 0; i < 4; i++) this.next();
  }

  /** In [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

/** What runs in steps; it yields how many milliseconds it waits at least. Between two steps anything may happen. */
export type Steps<T> = Generator<number, T, void>;

export interface Actor {
  readonly name: string;
  alive: boolean;
}

interface Event {
  at: number;
  order: number;
  run: () => void;
}

/** One thread of time for everything that happens: seeded order, a clock that stands still while a step runs. */
export class Scheduler {
  now = 0;
  /** What happened, when it is asked for. */
  trace: string[] | undefined;
  /** Told at every step of an actor; answers how long it is paused there, or that it dies. */
  disturb: (actor: Actor) => number | "kill" = () => 0;
  private readonly events: Event[] = [];
  private drawn = 0;

  constructor(readonly random: Random) {}

  say(who: string, what: () => string): void {
    this.trace?.push(`${String(Math.round(this.now)).padStart(8)} ${who.padEnd(8)} ${what()}`);
  }

  at(delayMs: number, run: () => void): void {
    this.events.push({ at: this.now + delayMs, order: this.drawn++, run });
  }

  spawn(name: string, steps: Steps<void>): Actor {
    const actor = { name, alive: true };
    const step = (): void => {
      if (!actor.alive) return;
      const pause = this.disturb(actor);
      if (pause === "kill") {
        actor.alive = false;
        return;
      }
      if (pause > 0) {
        this.say(name, () => `paused for ${Math.round(pause)} ms`);
        this.at(pause, () => this.resume(actor, steps, step));
        return;
      }
      this.resume(actor, steps, step);
    };
    this.at(this.random.next(), step);
    return actor;
  }

  private resume(actor: Actor, steps: Steps<void>, step: () => void): void {
    if (!actor.alive) return;
    const { value, done } = steps.next();
    if (done) actor.alive = false;
    // mostly at once, now and then much later: that is how two of them overtake each other
    else this.at(value + this.random.next() * (this.random.chance(0.1) ? 300 : 4), step);
  }

  /** Runs until `until` (milliseconds) or until nothing is planned. */
  run(until: number): void {
    for (;;) {
      let first = -1;
      for (let i = 0; i < this.events.length; i++) if (first < 0 || comesFirst(this.events, i, first)) first = i;
      const event = this.events[first];
      if (!event || event.at > until) break;
      this.events[first] = this.events[this.events.length - 1] as Event;
      this.events.pop();
      this.now = event.at;
      event.run();
    }
    this.now = Math.max(this.now, until);
  }
}

function comesFirst(events: readonly Event[], i: number, than: number): boolean {
  const [a, b] = [events[i] as Event, events[than] as Event];
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
