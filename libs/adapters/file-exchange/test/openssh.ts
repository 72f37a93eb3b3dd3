import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "@dovetail/domain";
import { FaultProxy } from "@dovetail/testing";
import { FOLDERS, newRoot } from "./exchange";
import type { Way } from "./file-harness";

const SCRIPT = join(__dirname, "../../../../tools/interop/openssh.sh");
/** Where the account is locked in, it sees the shared folder under this name. */
const SEEN = "/exchange";

interface Answer {
  port: number;
  username: string;
  password: string;
  privateKey: string;
  hostKey: string;
  folder: string;
  version: string;
}

/** A real OpenSSH with one account that may use SFTP alone. Needs root. */
export class OpenSsh {
  private serial = 0;

  private constructor(
    private readonly name: string,
    private told: Answer,
  ) {}

  static start(name: string): OpenSsh {
    return new OpenSsh(name, ask("start", name));
  }

  get port(): number {
    return this.told.port;
  }

  get version(): string {
    return this.told.version;
  }

  /** An empty exchange that belongs to the account. */
  newRoot(): string {
    const root = join(this.told.folder, String(++this.serial));
    mkdirSync(root);
    newRoot(root);
    const owner = statSync(this.told.folder);
    for (const name of [".", ...FOLDERS]) chownSync(join(root, name), owner.uid, owner.gid);
    return root;
  }

  /** The settings of a root with a password, or with the account's key. */
  settings(root: string, by: "BASIC" | "SSH_KEY" = "BASIC"): JsonObject {
    const { username, password, privateKey, hostKey, port, folder } = this.told;
    const secret: JsonObject =
      by === "BASIC" ? { apiPassword: password } : { privateKey: readFileSync(privateKey, "utf8") };
    return {
      transport: "sftp",
      authMethod: by,
      host: "127.0.0.1",
      port,
      root: root.replace(folder, SEEN),
      hostKey,
      apiUsername: username,
      ...secret,
    };
  }

  /** The same server with a new host key. */
  rekey(): void {
    this.told = ask("rekey", this.name);
  }

  /** Kills the processes of every session. */
  cut(): void {
    run("cut", this.name);
  }

  stop(): void {
    run("stop", this.name);
  }
}

function run(command: string, name: string): string {
  return execFileSync("bash", [SCRIPT, command, name], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function ask(command: string, name: string): Answer {
  return JSON.parse(run(command, name)) as Answer;
}

/** The conformance harness gets to its folders over it, with a line between that can break. */
export function byOpenSsh(server: () => OpenSsh): Way {
  let proxy: FaultProxy | undefined;
  let folders: string[] = [];
  const allow = (mode: number) => folders.forEach((folder) => chmodSync(folder, mode));
  return {
    // What a reset in the middle of a write does is a spec of its own: here nobody sees the requests.
    kinds: ["auth", "hang"],
    root: () => server().newRoot(),
    async reach(root) {
      folders = FOLDERS.map((name) => join(root, name));
      proxy ??= await FaultProxy.start({ port: server().port });
      return { ...server().settings(root), port: proxy.port };
    },
    fault(kind) {
      if (kind === "auth") allow(0);
      else if (kind === "hang") proxy?.halfOpen();
      else {
        allow(0o755);
        proxy?.pass();
      }
    },
    close: async () => proxy?.stop(),
  };
}
