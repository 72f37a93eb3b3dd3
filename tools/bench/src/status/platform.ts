import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@dovetail/embedded";
import { fetch } from "undici";
import { endProcess } from "../children";

const ROOT = join(__dirname, "../../..");
const START_MS = 120_000;

interface Tenant {
  name: string;
  apiKey: string;
  bus: { url: string; user: string; password: string };
}

/** The whole product as `npm start` runs it, with bundled servers, without its demo, in a folder that is removed at the end. */
export class Platform {
  private readonly operatorKey = randomBytes(24).toString("hex");
  private readonly dir = mkdtempSync(join(tmpdir(), "dovetail-bench-"));
  private child: ChildProcess | undefined;
  private url = "";
  tenant: Tenant = { name: "bench", apiKey: "", bus: { url: "", user: "", password: "" } };

  async start(): Promise<void> {
    // PostgreSQL runs under another account when this one is root.
    chmodSync(this.dir, 0o755);
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}`;
    const main = join(ROOT, "dist/apps/platform/main.js");
    const guard = join(ROOT, "tools/bench/guard.cjs");
    const args = ["-r", guard, main, "--no-demo", "--dir", this.dir, "--port", String(port)];
    const env = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", OPERATOR_KEY: this.operatorKey };
    this.child = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
    await this.makeTenant();
  }

  get webhookBase(): string {
    return this.url;
  }

  /** An answer of the API, as the tenant's administrator; throws when it refuses. */
  async ask<T>(method: string, path: string, body?: unknown, key = this.tenant.apiKey): Promise<T> {
    const answer = await fetch(path.startsWith("http") ? path : `${this.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  async stop(): Promise<void> {
    if (this.child) await endProcess(this.child);
    rmSync(this.dir, { recursive: true, force: true });
  }

  private async makeTenant(): Promise<void> {
    interface Made {
      apiKey: { key: string };
      bus: { user: string; password: string };
    }
    const deadline = performance.now() + START_MS;
    for (;;) {
      if (this.child?.exitCode != null) throw new Error(`the platform ended with ${this.child.exitCode}`);
      try {
        const made = await this.ask<Made>("POST", "/tenants", { name: this.tenant.name }, this.operatorKey);
        const { ports } = JSON.parse(readFileSync(join(this.dir, "secrets.json"), "utf8")) as {
          ports: { nats: number };
        };
        const bus = { url: `nats://127.0.0.1:${ports.nats}`, ...made.bus };
        this.tenant = { ...this.tenant, apiKey: made.apiKey.key, bus };
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(250);
      }
    }
  }
}
