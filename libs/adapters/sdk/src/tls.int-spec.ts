import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HttpClient, type HttpOptions } from "./http";

let folder: string;
let key: Buffer;
let cert: string;
const servers: Server[] = [];
const clients: HttpClient[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tls-"));
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const files = ["-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")];
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", ...kind, ...subject, ...files], { stdio: "ignore" });
  key = readFileSync(join(folder, "key.pem"));
  cert = readFileSync(join(folder, "cert.pem"), "utf8");
});

afterAll(async () => {
  for (const client of clients) await client.close();
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(maxVersion: "TLSv1.2" | "TLSv1.3"): Promise<string> {
  const server = createServer({ key, cert, maxVersion }, (_, response) => response.end("{}"));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

function get(url: string, tls: HttpOptions["tls"]) {
  const client = new HttpClient(tls ? { tls } : {});
  clients.push(client);
  return client.request({ method: "GET", url });
}

describe("HttpClient over TLS", () => {
  it("speaks TLS 1.3 to a trusted server", async () => {
    await expect(get(await serve("TLSv1.3"), { ca: cert })).resolves.toMatchObject({ status: 200 });
  });

  it("refuses an untrusted server before anything is sent", async () => {
    await expect(get(await serve("TLSv1.3"), undefined)).rejects.toMatchObject({ category: "TRANSIENT", sent: "no" });
  });

  it("refuses TLS 1.2 unless the connection allows it", async () => {
    const url = await serve("TLSv1.2");
    await expect(get(url, { ca: cert })).rejects.toMatchObject({ category: "TRANSIENT", sent: "no" });
    await expect(get(url, { ca: cert, minVersion: "TLSv1.2" })).resolves.toMatchObject({ status: 200 });
  });
});
