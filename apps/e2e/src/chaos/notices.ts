import { setTimeout as sleep } from "node:timers/promises";
import { fetch } from "undici";
import type { TenantWorld } from "../tenant-world";
import type { ChaosOdoo } from "./erps/odoo";
import type { Struck } from "./nemesis/hand";
import type { Random } from "./random";

/** What an Odoo's automation rules send when a record changes; here they come twice, late and in another order. */
export class Notices {
  private constructor(
    private readonly address: string,
    private readonly odoo: ChaosOdoo,
    private readonly random: Random,
  ) {}

  static async open(tenant: TenantWorld, gatewayUrl: string, odoo: ChaosOdoo, random: Random): Promise<Notices> {
    const path = `/erp/integrations/${odoo.integration}/webhook-secret`;
    const { url } = await tenant.api.change<{ url: string }>("POST", path);
    return new Notices(`${gatewayUrl}${new URL(url).pathname}`, odoo, random);
  }

  /** Of any record; answers whether it was taken in. */
  async post(id = this.anyId(), model = "res.partner"): Promise<boolean> {
    const body = JSON.stringify({ _model: model, _id: id, _action: "changed" });
    const headers = { "content-type": "application/json" };
    const answer = await fetch(this.address, { method: "POST", headers, body, signal: AbortSignal.timeout(5_000) });
    await answer.arrayBuffer();
    return answer.status === 202;
  }

  /** One for each change that is made in the ERP, as its automation rules do, repeated until it is taken in. */
  async follow(signal: AbortSignal): Promise<void> {
    let seen = this.odoo.size();
    while (!signal.aborted || this.odoo.size() > seen) {
      const size = this.odoo.size();
      for (const [model, id] of this.odoo.changedRows(seen))
        for (let n = 0; n < 100 && !(await taken(this.post(id, model))); n++) await sleep(300);
      seen = size;
      await sleep(200, undefined, { signal }).catch(() => undefined);
    }
  }

  async duplicate(): Promise<Struck> {
    const id = this.anyId();
    const both = await Promise.all([this.post(id), this.post(id)].map(taken));
    return { observed: both.every(Boolean), target: this.odoo.integration };
  }

  async delayed(ms: number): Promise<Struck> {
    const id = this.anyId();
    await sleep(ms);
    return { observed: await taken(this.post(id)), target: this.odoo.integration };
  }

  async reordered(): Promise<Struck> {
    const [first, second] = [this.anyId(), this.anyId()];
    const later = await taken(this.post(second));
    const earlier = await taken(this.post(first));
    return { observed: later && earlier, target: this.odoo.integration };
  }

  private anyId(): number {
    return this.random.pick(this.odoo.partnerIds());
  }
}

async function taken(posted: Promise<boolean>): Promise<boolean> {
  return posted.catch(() => false);
}
