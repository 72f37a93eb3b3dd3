import type { Raw } from "@dovetail/adapter-sdk";

/** When a page was asked for, by our clock (epoch milliseconds), and what the ERP's own clock said at the read. */
export interface ReadMoment {
  askedAt: number;
  serverNow: string | undefined;
}

/**
 * How far the clocks of ERPs are from ours, as their pages tell. A run may tell one and the same `serverNow` with every page:
 * only the first page that tells it says how far the clock is.
 */
export class ErpClocks {
  private readonly known = new Map<string, { serverNow: string; offsetMs: number }>();

  /**
   * The rows with `modifiedAt` by our clock; without it where the ERP's clock is not known: then nobody can say which change
   * is the newest. `source` names whose clock it is; a row that is read singly goes by the last page (`moment` undefined).
   */
  inOurTime(source: string, raws: readonly Raw[], moment?: ReadMoment): Raw[] {
    const offsetMs = moment ? this.learn(source, moment) : this.known.get(source)?.offsetMs;
    return raws.map(({ modifiedAt, ...raw }) => {
      const at = Date.parse(modifiedAt ?? "");
      if (offsetMs === undefined || Number.isNaN(at)) return raw;
      return { ...raw, modifiedAt: new Date(at + offsetMs).toISOString() };
    });
  }

  private learn(source: string, { askedAt, serverNow }: ReadMoment): number | undefined {
    const told = Date.parse(serverNow ?? "");
    if (serverNow === undefined || Number.isNaN(told)) return undefined;
    const before = this.known.get(source);
    if (before?.serverNow === serverNow) return before.offsetMs;
    const offsetMs = askedAt - told;
    this.known.set(source, { serverNow, offsetMs });
    return offsetMs;
  }
}
