import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Json } from "@dovetail/domain";
import type { OdooPlace } from "./sessions";

const script = join(__dirname, "../../../../tools/interop/odoo14.sh");
const run = promisify(execFile);

/** Starts the real Odoo 14, or finds it running. */
export async function startOdoo(): Promise<{ place: OdooPlace; stop: () => Promise<void> }> {
  const ran = await run("bash", [script, "status"]).then(
    () => true,
    () => false,
  );
  const { stdout } = await run("bash", [script, "start"], { maxBuffer: 64 * 1024 * 1024 });
  const place = JSON.parse(stdout) as OdooPlace;
  // What somebody else started stays.
  return { place, stop: async () => void (ran || (await run("bash", [script, "stop"]))) };
}

/** Calls past the adapter, as an Odoo user's browser or another program would. */
export class Direct {
  private uid: Promise<Json> | undefined;

  constructor(private readonly place: OdooPlace) {}

  async call<T = Json>(model: string, method: string, args: Json[] = [], named: Json = {}): Promise<T> {
    const { database, username, password } = this.place;
    this.uid ??= this.post("common", "authenticate", [database, username, password, {}]);
    const uid = await this.uid;
    return (await this.post("object", "execute_kw", [database, uid, password, model, method, args, named])) as T;
  }

  count(model: string, domain: Json[] = []): Promise<number> {
    return this.call(model, "search_count", [domain], { context: { active_test: false } });
  }

  private async post(service: string, method: string, args: Json[]): Promise<Json> {
    const answer = await fetch(`${this.place.url}/jsonrpc`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", method: "call", id: 1, params: { service, method, args } }),
    });
    const body = (await answer.json()) as { result?: Json; error?: { data: { message: string } } };
    if (body.error) throw new Error(body.error.data.message);
    return body.result ?? null;
  }
}
