import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DovetailClient } from "@dovetail/api-client";
import { eventually, freePort, temporaryFolder } from "@dovetail/testing";
import { Client } from "pg";
import { InteropTenant } from "./tenant";

const ROOT = join(__dirname, "../..");
const START_MS = 90_000;

/** The product as built, in a process of its own, on a database of the PostgreSQL that was given and its own NATS. */
export class Product {
  readonly operatorKey = `dvo_${randomBytes(16).toString("hex")}`;
  private readonly folder = temporaryFolder("interop");
  private readonly database = `interop_${randomBytes(6).toString("hex")}`;
  private process: ChildProcess | undefined;
  private output = "";
  private port = 0;

  private constructor(private readonly server: string) {}

  /** Needs DOVETAIL_TEST_POSTGRES_URL: run.sh sets it. */
  static async start(): Promise<Product> {
    const server = process.env["DOVETAIL_TEST_POSTGRES_URL"];
    if (!server) throw new Error("DOVETAIL_TEST_POSTGRES_URL is not set: these specs are run by tools/interop/run.sh");
    const product = new Product(server);
    product.port = await freePort();
    await product.asAdmin(server, `create database ${product.database}`);
    await product.launch();
    return product;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What the process has printed since its last start. */
  get printed(): string {
    return this.output;
  }

  /** What the services have logged. */
  get log(): string {
    return readFileSync(join(this.folder, "logs/platform.log"), "utf8");
  }

  /** The address of each service of the running process. */
  get services(): Record<string, string> {
    const lines = this.log.split("\n").filter((line) => line.includes('"msg":"listening"'));
    const told = lines.map((line) => JSON.parse(line) as { service: string; url: string });
    return Object.fromEntries(told.map(({ service, url }) => [service, url]));
  }

  /** A new tenant with an administrator's key. */
  async tenant(name: string): Promise<InteropTenant> {
    const operator = new DovetailClient({ url: this.url, key: this.operatorKey });
    const { apiKey } = await operator.call("POST /api/v1/tenants", { body: { name } });
    return new InteropTenant(new DovetailClient({ url: this.url, key: apiKey.key }));
  }

  /** Reads the database past every policy. */
  sql<R>(text: string): Promise<R[]> {
    return this.asAdmin(this.databaseUrl, text);
  }

  async restart(): Promise<void> {
    await this.end();
    await this.launch();
  }

  /** Ends the process and removes what it kept. */
  async stop(): Promise<void> {
    await this.end();
    await this.asAdmin(this.server, `drop database if exists ${this.database} with (force)`);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get databaseUrl(): string {
    const url = new URL(this.server);
    url.pathname = `/${this.database}`;
    return url.href;
  }

  private async launch(): Promise<void> {
    this.output = "";
    const args = ["tools/start.mjs", "--no-demo", "--port", String(this.port), "--dir", this.folder];
    const own = { DATABASE_URL: this.databaseUrl, OPERATOR_KEY: this.operatorKey };
    // As started by npm it ends with us, even when we are killed.
    const env = { ...process.env, ...own, npm_lifecycle_event: "start" };
    const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
    this.process = child;
    for (const out of [child.stdout, child.stderr]) out.on("data", (piece) => (this.output += String(piece)));
    await eventually(
      () => {
        if (child.exitCode === null) return this.output.includes("Where to look");
        throw new Error(`the product ended: ${this.output}`);
      },
      { timeoutMs: START_MS },
    );
  }

  private async end(): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
    await ended;
    clearTimeout(timer);
  }

  private async asAdmin<R>(url: string, text: string): Promise<R[]> {
    const client = new Client(url);
    await client.connect();
    try {
      return (await client.query(text)).rows as R[];
    } finally {
      await client.end();
    }
  }
}
