import { eventSubject, gateway, serviceContext, tenantSubjects, type TenantBusUser } from "@dovetail/contracts";
import type { NatsUser, RunningNats } from "@dovetail/embedded";
import { Bus, type LocalBus } from "@dovetail/messaging";
import type { Logger } from "@dovetail/service-kit";

const NOBODY = "00000000-0000-0000-0000-000000000000";
const SWEEP_MS = 30_000;

/** A tenant's user: hands changes in, listens to its own, receives its answers, and nothing else. */
export function tenantUser({ tenant, user, passwordHash }: TenantBusUser): NatsUser {
  return { user, password: passwordHash, ...tenantSubjects(tenant, user) };
}

export interface BusUsersOptions {
  nats: RunningNats;
  /** The services' users. */
  services: readonly NatsUser[];
  password: string;
  local: LocalBus;
  logger: Logger;
}

/** Keeps the users of an embedded bus in step with the tenants. */
export class BusUsers {
  private known = "";
  private running: Promise<void> = Promise.resolve();
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly bus: Bus,
    private readonly options: BusUsersOptions,
  ) {
    // Told by an event at once; the sweep finds what a lost event left.
    const data = { tenantId: NOBODY, name: "*" };
    const created = eventSubject({ type: "tenant.created", producer: "gateway", tenant: "*", data });
    bus.subscribeCore(created, () => void this.refresh());
    this.timer = setInterval(() => void this.refresh(), SWEEP_MS).unref();
  }

  static async follow(options: BusUsersOptions): Promise<BusUsers> {
    const { nats, password, local, logger } = options;
    const bus = await Bus.connect({
      url: nats.url,
      user: "platform",
      pass: password,
      name: "platform",
      local,
      log: logger,
    });
    const users = new BusUsers(bus, options);
    await users.refresh();
    return users;
  }

  /** Applies the tenants of now; resolves when they are in force. */
  refresh(): Promise<void> {
    this.running = this.running
      .then(() => this.apply())
      .catch((error: unknown) => {
        this.options.logger.warn({ err: error }, "the users of the bus could not be renewed; trying again");
      });
    return this.running;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
    await this.bus.close();
  }

  private async apply(): Promise<void> {
    const tenants = await this.bus.call(gateway.busUsers, serviceContext("platform", NOBODY, ""), {});
    const users = [...this.options.services, ...tenants.map(tenantUser)];
    const text = JSON.stringify(users);
    if (text === this.known) return;
    await this.options.nats.reload(users);
    this.known = text;
  }
}
