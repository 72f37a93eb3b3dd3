import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Below what systems hand out for outgoing connections (Linux: from 32768, IANA: from 49152), so that no connection takes
 * a port between the look and its use.
 */
const FROM = 20_000;
const TO = 32_768;
const TRIES = 100;

/**
 * A TCP port of 127.0.0.1 that is free now. It is drawn, not the next one: two processes that ask at the same time
 * hardly ever get the same. The caller must bear that another process takes it first.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = randomInt(FROM, TO);
    if (await isFreePort(port)) return port;
  }
  throw new Error(`no free port from ${FROM} to ${TO - 1} was found on 127.0.0.1`);
}

/** Whether nobody listens there at this moment. */
export function isFreePort(port: number, host = "127.0.0.1"): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
