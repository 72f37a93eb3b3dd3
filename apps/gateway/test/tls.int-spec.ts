import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { temporaryFolder } from "@dovetail/testing";
import { Agent, request } from "undici";
import { startHarness } from "./harness";

function hasOpenssl(): boolean {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

(hasOpenssl() ? it : it.skip)("speaks TLS when a certificate is given", async () => {
  const dir = temporaryFolder("tls");
  const [cert, key] = [join(dir, "cert.pem"), join(dir, "key.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "1"];
  const kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  execFileSync("openssl", [...kind, "-keyout", key, "-out", cert, ...subject], { stdio: "ignore" });
  const harness = await startHarness({ SSL_CERT_PATH: cert, SSL_KEY_PATH: key });
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  try {
    expect(harness.gateway.url).toMatch(/^https:/);
    const { statusCode, headers } = await request(`${harness.gateway.url}/api/v1/erp/health`, { dispatcher });
    expect([statusCode, headers["strict-transport-security"]]).toEqual([200, "max-age=31536000"]);
  } finally {
    await dispatcher.close();
    await harness.stop();
  }
});
