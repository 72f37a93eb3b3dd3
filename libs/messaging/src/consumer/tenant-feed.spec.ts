import type { DomainEvent, EventRange } from "@dovetail/contracts";
import { ProblemError } from "@dovetail/contracts";
import { FakeClock } from "@dovetail/testing";
import * as fc from "fast-check";
import { silentLog } from "../log";
import { behind, type Place } from "./place";
import { TenantFeed } from "./tenant-feed";

/** A log in memory: row i stands for `sizes[i]` events. */
class MemoryLog {
  readonly events: DomainEvent[] = [];
  head = 0;

  add(size: number): void {
    this.head++;
    for (let ordinal = 0; ordinal < size; ordinal++)
      this.events.push({ id: `${this.head}:${ordinal}`, position: this.head, ordinal, of: size } as DomainEvent);
  }

  read(place: Place, limit: number): EventRange {
    const from = this.events.findIndex(
      ({ position, ordinal }) =>
        position > place.position + 1 || (position === place.position + 1 && ordinal >= place.ordinal),
    );
    return { events: from < 0 ? [] : this.events.slice(from, from + limit), head: this.head, oldest: 1 };
  }
}

function world(log: MemoryLog, whileReading: () => void, fails: () => boolean) {
  const applied: string[] = [];
  let stored: Place = { position: 0, ordinal: 0 };
  const clock = new FakeClock();
  const feed = new TenantFeed(
    "tenant",
    {
      load: async () => stored,
      move: async (_tenant, _from, to) => {
        stored = to;
      },
    },
    {
      applyRun: async (_tenant, from, events) => {
        if (from.position !== stored.position || from.ordinal !== stored.ordinal) throw new Error("moved");
        if (fails()) throw new ProblemError("UNAVAILABLE", "away");
        for (const event of events) {
          applied.push(event.id);
          stored = behind(event);
        }
        // Committed, but nobody learns of it.
        if (fails()) throw new ProblemError("UNAVAILABLE", "lost");
        return stored;
      },
    },
    {
      read: async (place) => {
        const range = log.read(place, 3);
        if (fails()) throw new ProblemError("UNAVAILABLE", "away");
        whileReading();
        return range;
      },
      mayWork: () => true,
      wanted: () => undefined,
      log: silentLog,
      clock,
    },
  );
  return { feed, applied, clock };
}

const step = fc.oneof(
  fc.record({ do: fc.constant("add" as const), size: fc.integer({ min: 1, max: 4 }), tell: fc.boolean() }),
  fc.record({ do: fc.constant("offer" as const), which: fc.nat(60) }),
  fc.record({ do: fc.constant("run" as const) }),
);

describe("TenantFeed", () => {
  it("applies exactly the log, in order, whatever the stream and the outages do", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.infiniteStream(fc.nat(60)),
        fc.infiniteStream(fc.nat(5)),
        async (steps, offers, luck) => {
          const log = new MemoryLog();
          let calm = false;
          const some = (which: number): void => {
            const event = log.events[which % Math.max(1, log.events.length)];
            if (event) feed.offer(event);
          };
          const whileReading = (): void => {
            if (calm) return;
            log.add(2);
            some(offers.next().value as number);
            some(log.events.length - 2);
          };
          const { feed, applied, clock } = world(log, whileReading, () => !calm && luck.next().value === 0);
          for (const one of steps) {
            if (one.do === "add") {
              const before = log.events.length;
              log.add(one.size);
              if (one.tell) for (const event of log.events.slice(before)) feed.offer(event);
            } else if (one.do === "offer") some(one.which);
            else if (log.head < 200) await Promise.race([feed.run(), Promise.resolve()]);
          }
          calm = true;
          feed.check();
          for (let round = 0; round < 500 && !(feed.idle && applied.length === log.events.length); round++) {
            await clock.advance(10_000);
            await feed.run();
          }
          expect(applied).toEqual(log.events.map(({ id }) => id));
        },
      ),
      { numRuns: 200 },
    );
  });
});
