import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@dovetail/testing";
import type { TenantWorld } from "../tenant-world";
import { ChaosConsumer } from "./consumer";
import type { RunningPostgres } from "@dovetail/embedded";
import type { ChaosErp } from "./erps/erp";
import { ChaosOdoo } from "./erps/odoo";
import { ChaosSql, startErpServer } from "./erps/sql";
import { TABLES_OF_K, TABLES_OF_N } from "./erps/sql-tables";
import { Notices } from "./notices";
import { Platform } from "./platform";
import { Random } from "./random";
import { Servers } from "./servers";
import { ErpWriter } from "./writers/erp-writer";
import { KeyBook } from "./writers/key-book";
import { BusChannel, HttpChannel } from "./writers/mes-channel";
import { MesWriter } from "./writers/mes-writer";
import { OperationLog } from "./writers/operation-log";

const SUPPLIERS = 12;
const PARTS = 8;

export interface WorldOptions {
  root: string;
  /** Where the services' bundles are. */
  dist: string;
  seed: number;
  say: (line: string) => void;
}

/** Everything that takes part in a run: servers, the product, ERPs, writers, a consumer. */
export class World {
  readonly log = new OperationLog();
  readonly keys = new KeyBook();
  mes!: { http: MesWriter; bus: MesWriter; httpChannel: HttpChannel; busChannel: BusChannel };
  people!: ErpWriter[];
  consumer!: ChaosConsumer;
  notices!: Notices;

  private constructor(
    readonly options: WorldOptions,
    readonly servers: Servers,
    readonly platform: Platform,
    readonly tenant: TenantWorld,
    readonly odoo: ChaosOdoo,
    readonly sql: { k: ChaosSql; n: ChaosSql },
    private readonly erpServer: RunningPostgres,
  ) {}

  static async open(options: WorldOptions): Promise<World> {
    const dir = temporaryFolder("chaos");
    const logDir = join(options.root, "dist", "chaos", "logs");
    mkdirSync(logDir, { recursive: true });
    const [servers, odoo, erpServer] = await Promise.all([
      Servers.start(dir),
      ChaosOdoo.start("odoo-l", options.seed),
      startErpServer(join(dir, "erps")),
    ]);
    const sql = {
      k: await ChaosSql.start("sql-k", TABLES_OF_K, erpServer),
      n: await ChaosSql.start("sql-n", TABLES_OF_N, erpServer),
    };
    const platform = await Platform.start(servers, { root: options.root, dist: options.dist, logDir });
    const tenant = await platform.tenant("acme");
    const world = new World(options, servers, platform, tenant, odoo, sql, erpServer);
    await world.fill();
    return world;
  }

  get erps(): ChaosErp[] {
    return [this.odoo, this.sql.k, this.sql.n];
  }

  random(stream: string): Random {
    return new Random(this.options.seed, stream);
  }

  async stop(): Promise<void> {
    await this.consumer?.close();
    await this.mes?.busChannel.close();
    await this.platform.stop();
    await Promise.all(this.erps.map((erp) => erp.stop()));
    await this.erpServer.stop();
    await this.servers.stop();
  }

  /** First rows in the ERPs, first loads, then the writers. */
  private async fill(): Promise<void> {
    const { odoo, tenant, keys } = this;
    for (let n = 1; n <= SUPPLIERS; n++) {
      const key = `S-${n}`;
      await odoo.seed("Supplier", { supplierNumber: key, name: `Supplier ${n}` });
      keys.add("Supplier", key);
    }
    for (let n = 1; n <= PARTS; n++) {
      await odoo.seed("Part", { partNumber: `P-${n}`, name: `Part ${n}` });
      keys.add("Part", `P-${n}`);
    }
    for (const erp of this.erps) await erp.connect(tenant);
    for (const erp of this.erps)
      for (const entity of erp.inbound) await tenant.sync(erp.integration, { entityTypes: [entity] });
    this.consumer = new ChaosConsumer(tenant);
    await this.consumer.listen();
    const httpChannel = new HttpChannel(tenant);
    const busChannel = await BusChannel.open(tenant, "mes2");
    const books = [this.sql.k.integration, this.sql.n.integration];
    this.mes = {
      httpChannel,
      busChannel,
      http: new MesWriter("mes1", httpChannel, this.random("mes1"), keys, this.log, books),
      bus: new MesWriter("mes2", busChannel, this.random("mes2"), keys, this.log, books),
    };
    this.notices = await Notices.open(tenant, this.platform.gatewayUrl, odoo, this.random("notices"));
    this.people = [new ErpWriter("erp1", odoo, this.random("erp1"), keys, this.log)];
  }
}
