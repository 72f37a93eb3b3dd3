import type { Logger } from "@dovetail/service-kit";
import { Bell } from "./bell";
import { ProblemAnswer, type PlatformApi } from "./platform-api";
import type { Store, Told } from "./store";
import type { ErpEvent, RecordView } from "./wire";

const AFTER_FAILURE_MS = 2_000;

/**
 * Reads the change feed from the stored cursor: at start, after every reconnect of the bus, and from time to time
 * whatever happens. It is what makes the module complete; messages on the bus only make it quick.
 */
export class FeedReader {
  private readonly bell = new Bell();
  private stopped = false;
  private loop: Promise<void> | undefined;

  constructor(
    private readonly store: Store,
    private readonly api: PlatformApi,
    private readonly about: { entities: ReadonlySet<string>; intervalMs: number },
    private readonly log: Logger,
  ) {}

  start(): void {
    this.loop = this.run();
  }

  /** Something may have been missed. */
  nudge(): void {
    this.bell.ring();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.bell.ring();
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.catchUp();
        await this.bell.wait(this.about.intervalMs);
      } catch (error) {
        if (this.stopped) return;
        this.log.warn({ err: error }, "the change feed could not be read; trying again");
        await this.bell.wait(AFTER_FAILURE_MS);
      }
    }
  }

  private async catchUp(): Promise<void> {
    let cursor = await this.store.cursor();
    // The feed reaches back some days only: what is older comes from the records themselves.
    if (cursor === undefined) for (const entity of this.about.entities) await this.load(entity);
    for (;;) {
      const page = await this.page(cursor);
      if (page === undefined) return;
      const news = await this.store.take(await this.told(page.items), page.next);
      if (news > 0) this.log.info({ news }, "the change feed brought news");
      if (page.next === cursor) return;
      cursor = page.next;
    }
  }

  /** The page behind the cursor; undefined when the cursor was refused and forgotten. */
  private async page(cursor: string | undefined): Promise<{ items: ErpEvent[]; next: string } | undefined> {
    try {
      const { items, next } = await this.api.changes(cursor);
      return { items, next: next ?? cursor ?? "" };
    } catch (error) {
      if (!(error instanceof ProblemAnswer) || error.status !== 410) throw error;
      this.log.warn({}, "the place in the feed is no longer kept: all records are read again");
      await this.store.forgetCursor();
      this.bell.ring();
      return undefined;
    }
  }

  /** What a page of events tells. */
  private async told(events: readonly ErpEvent[]): Promise<Told[]> {
    const told: Told[] = [];
    for (const event of events) {
      if (!this.about.entities.has(event.data.entityType)) continue;
      if (event.type.endsWith(".baseline")) {
        // A first load is told by this one event: its records are read as a whole.
        await this.load(event.data.entityType);
        continue;
      }
      const known = toldBy(event);
      if (known) {
        told.push(known);
        continue;
      }
      // Too large to travel, or passed over by a newer version: what is there now is at least as new. Nothing there:
      // it was deleted since, and that event is yet to come.
      const view = await this.api.record(event.data.entityType, event.data.key);
      if (view) told.push(toldByView(view));
    }
    return told;
  }

  private async load(entity: string): Promise<void> {
    for await (const views of this.api.records(entity)) await this.store.take(views.map(toldByView));
  }
}

/** What an event tells by itself; undefined when it does not hold its record. */
export function toldBy({ type, data }: ErpEvent): Told | undefined {
  const { entityType: entity, key, version, record } = data;
  if (type.endsWith(".deleted")) return { entity, key, version, record: null };
  return record && { entity, key, version, record };
}

function toldByView({ entityType: entity, key, version, deleted, record }: RecordView): Told {
  return { entity, key, version, record: deleted ? null : record };
}
