import { chownSync, cpSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { migrateService, roleName } from "@dovetail/database";
import { startPostgres, type RunningPostgres } from "@dovetail/embedded";
import type { TestDatabase } from "@dovetail/testing";
import { Client } from "pg";
import { syncEngineSchema } from "../src/start";

const PASSWORD = "restored";
const NAME = "engine";

/** A PostgreSQL cluster of its own that can be copied and restored to the moment of the copy, as a person would. */
export class RestorableCluster {
  private constructor(
    private readonly folder: string,
    private server: RunningPostgres,
  ) {}

  static async create(folder: string): Promise<RestorableCluster> {
    const server = await startPostgres({ dir: join(folder, "live"), password: PASSWORD });
    const cluster = new RestorableCluster(folder, server);
    const admin = new Client(server.url);
    await admin.connect();
    await admin.query(`create database ${NAME}`);
    await admin.end();
    await migrateService(cluster.urlOf("dovetail"), syncEngineSchema, {
      owner: PASSWORD,
      run: PASSWORD,
      dispatch: PASSWORD,
    });
    return cluster;
  }

  /** Its address stays. */
  get database(): TestDatabase {
    return {
      adminUrl: this.urlOf("dovetail"),
      urlFor: (schema, role) => this.urlOf(roleName(schema, role)),
      drop: () => Promise.resolve(),
    };
  }

  /** Copies the folder while the server stands still, and starts the server again. */
  async backUp(): Promise<void> {
    await this.server.stop();
    const copy = join(this.folder, "copy");
    rmSync(copy, { recursive: true, force: true });
    cpSync(this.server.dataDir, copy, { recursive: true, preserveTimestamps: true });
    this.server = await this.start("live");
  }

  /**
   * Throws the data away and brings the copy back. `recovered`: by PostgreSQL's own archive recovery, which begins a new
   * timeline; else the folder is just put in its place.
   */
  async restore(recovered: boolean): Promise<void> {
    await this.server.stop();
    const { dataDir } = this.server;
    const { uid, gid } = statSync(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
    cpSync(join(this.folder, "copy"), dataDir, { recursive: true, preserveTimestamps: true });
    if (recovered) writeFileSync(join(dataDir, "recovery.signal"), "");
    own(dataDir, uid, gid);
    this.server = await this.start("live", recovered ? { restore_command: "false" } : {});
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }

  private start(name: string, settings: Record<string, string> = {}): Promise<RunningPostgres> {
    return startPostgres({ dir: join(this.folder, name), port: this.server.port, password: PASSWORD, settings });
  }

  private urlOf(user: string): string {
    const url = new URL(this.server.url);
    url.pathname = `/${NAME}`;
    url.username = user;
    return url.href;
  }
}

/** What was copied belongs to who copied it: the server's account must own it again. */
function own(folder: string, uid: number, gid: number): void {
  chownSync(folder, uid, gid);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    chownSync(join(entry.parentPath, entry.name), uid, gid);
}
