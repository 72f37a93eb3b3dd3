import { sync, systems } from "@dovetail/contracts";
import { KeyRing } from "@dovetail/crypto";
import { Bus } from "@dovetail/messaging";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { ConnectionService } from "./connection.service";
import { StatusService } from "./status.service";
import { SystemsService } from "./systems.service";

/** Answers about systems, connections and how they are doing. */
@Injectable()
export class SystemsController implements OnModuleInit {
  constructor(
    private readonly bus: Bus,
    private readonly known: SystemsService,
    private readonly connections: ConnectionService,
    private readonly status: StatusService,
    private readonly keys: KeyRing,
  ) {}

  onModuleInit(): void {
    this.bus.handle(systems.list, async () => this.known.list());
    this.bus.handle(systems.get, async ({ id }) => this.known.get(id));
    this.bus.handle(systems.templates, async ({ id }) => this.known.templates(id));
    this.bus.handle(systems.resolve, async (input) => this.known.resolve(input));
    this.bus.handle(sync.test, ({ id }, ctx) => this.connections.test(ctx, id));
    this.bus.handle(sync.fields, (input, ctx) => this.connections.fields(ctx, input));
    this.bus.handle(sync.sealingKey, async () => this.keys.publicKey());
    this.bus.handle(sync.health, (input, ctx) => this.status.health(ctx, input));
    this.bus.handle(sync.metrics, (input, ctx) => this.status.metrics(ctx, input));
  }
}
