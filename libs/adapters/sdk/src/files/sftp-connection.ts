import { createHash, timingSafeEqual } from "node:crypto";
import type { Client, ConnectConfig, SFTPWrapper } from "ssh2";
import { AdapterError } from "../errors";
import { AWAY, fileError, mustGoOn } from "./file-errors";

export interface SftpOptions {
  host: string;
  port?: number;
  username: string;
  password?: string;
  /** OpenSSH or PEM text; `passphrase` when it is encrypted. */
  privateKey?: string;
  passphrase?: string;
  /** SHA-256 of the server's host key as `ssh-keygen -l` shows it: `SHA256:` and base64, or hex. */
  hostKey: string;
  signal?: AbortSignal;
  /** For the login, milliseconds. */
  readyTimeoutMs?: number;
}

interface Live {
  client: Client;
  sftp: SFTPWrapper;
}

/** The digest that a pinned host key names. Throws AdapterError VALIDATION when it is none. */
export function hostKeyDigest(text: string): Buffer {
  const bare = text.trim().replace(/^SHA256:/i, "");
  const hex = bare.replaceAll(":", "");
  const digest = /^[0-9a-f]{64}$/i.test(hex) ? Buffer.from(hex, "hex") : Buffer.from(bare, "base64");
  if (digest.length === 32) return digest;
  throw fileError("the host key must be a SHA-256 fingerprint, for instance SHA256:… as ssh-keygen -l shows it", {
    category: "VALIDATION",
    code: "ERP008",
  });
}

/** One login, made when it is first needed and again after it was lost. Only a server with the pinned key is talked to. */
export class SftpConnection {
  private live: Promise<Live> | undefined;
  private readonly digest: Buffer;
  private readonly abort = () => void this.close();

  constructor(private readonly options: SftpOptions) {
    this.digest = hostKeyDigest(options.hostKey);
    options.signal?.addEventListener("abort", this.abort, { once: true });
  }

  async sftp(): Promise<SFTPWrapper> {
    mustGoOn(this.options.signal);
    const live = (this.live ??= this.connect());
    try {
      return (await live).sftp;
    } catch (error) {
      if (this.live === live) this.live = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    const live = this.live;
    this.live = undefined;
    this.options.signal?.removeEventListener("abort", this.abort);
    await live?.then(({ client }) => void client.destroy()).catch(() => undefined);
  }

  private async connect(): Promise<Live> {
    // Loaded when used: an installation without SFTP connections needs no driver.
    const ssh2 = await import("ssh2");
    const client = new ssh2.Client();
    let seen: string | undefined;
    const config: ConnectConfig = {
      ...this.login(),
      hostVerifier: (key: Buffer) => {
        const digest = createHash("sha256").update(key).digest();
        seen = digest.toString("base64").replace(/=+$/, "");
        return timingSafeEqual(digest, this.digest);
      },
    };
    return new Promise<Live>((resolve, reject) => {
      const fail = (cause: unknown) => {
        this.options.signal?.removeEventListener("abort", stopped);
        client.destroy();
        reject(this.loginError(cause, seen));
      };
      const stopped = () => fail(this.options.signal?.reason);
      this.options.signal?.addEventListener("abort", stopped, { once: true });
      client.once("error", fail);
      client.once("close", () => fail(new Error("the server closed the connection")));
      client.once("ready", () =>
        client.sftp((error, sftp) => {
          this.options.signal?.removeEventListener("abort", stopped);
          if (error) return fail(error);
          client.setNoDelay(true);
          this.watch(client);
          resolve({ client, sftp });
        }),
      );
      try {
        client.connect(config);
      } catch (error) {
        fail(error);
      }
    });
  }

  private watch(client: Client): void {
    const mine = this.live;
    const lost = () => {
      if (this.live === mine) this.live = undefined;
    };
    client.removeAllListeners("error");
    client.on("error", lost);
    client.on("close", lost);
    client.on("end", lost);
  }

  private login(): ConnectConfig {
    const { host, port = 22, username, password, privateKey, passphrase, readyTimeoutMs = 20_000 } = this.options;
    return {
      host,
      port,
      username,
      ...(privateKey ? { privateKey } : { password }),
      ...(passphrase ? { passphrase } : {}),
      readyTimeout: readyTimeoutMs,
      keepaliveInterval: 10_000,
      keepaliveCountMax: 3,
    };
  }

  private loginError(cause: unknown, seen: string | undefined): AdapterError {
    const { host, port = 22 } = this.options;
    const { level, message = "" } = (cause ?? {}) as { level?: string; message?: string };
    const auth = { category: "AUTH", code: "ERP002", cause } as const;
    if (/verification failed/i.test(message))
      return fileError(
        `The host key of ${host} has changed: it shows SHA256:${seen ?? "?"}, another one is pinned. Nothing was sent. ` +
          "Compare it with the server's operator before you pin it anew.",
        auth,
      );
    if (level === "client-authentication")
      return fileError(`${host} does not take this user name with this password or key`, auth);
    if (/privateKey|passphrase/i.test(message))
      return fileError("the private key cannot be read", { ...auth, cause: undefined });
    return fileError(`no SFTP server answers at ${host}:${port}`, { ...AWAY, cause });
  }
}
