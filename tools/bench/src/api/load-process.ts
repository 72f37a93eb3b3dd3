import { connect, type Socket } from "node:net";
import type { Commands } from "../child-side";

/** GETs of random keys over so many connections, each with one request under way. */
export interface LoadOptions {
  port: number;
  path: string;
  keys: readonly string[];
  bearer?: string;
  connections: number;
  seconds: number;
}

const HEAD_END = Buffer.from("\r\n\r\n");

/** A client leaner than any library: a library's own cost would hide the difference between two servers. */
export const load = {
  async run(options: LoadOptions): Promise<{ perSecond: number }> {
    const requests = options.keys.map((key) => requestText(options, key));
    const until = performance.now() + options.seconds * 1000;
    const started = performance.now();
    const counts = await Promise.all(Array.from({ length: options.connections }, () => run(options, requests, until)));
    const answers = counts.reduce((sum, count) => sum + count, 0);
    return { perSecond: answers / ((performance.now() - started) / 1000) };
  },
} satisfies Commands;

function requestText({ port, path, bearer }: LoadOptions, key: string): Buffer {
  const authorization = bearer === undefined ? "" : `Authorization: Bearer ${bearer}\r\n`;
  return Buffer.from(`GET ${path}${key} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${authorization}\r\n`);
}

function run({ port }: LoadOptions, requests: readonly Buffer[], until: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let count = 0;
    let held: Buffer | undefined;
    const socket: Socket = connect({ port, host: "127.0.0.1", noDelay: true });
    const send = (): void => void socket.write(requests[Math.floor(Math.random() * requests.length)] as Buffer);
    socket.on("connect", send);
    socket.on("error", reject);
    socket.on("close", () => resolve(count));
    socket.on("data", (chunk) => {
      const answer = held ? Buffer.concat([held, chunk]) : chunk;
      const length = answerLength(answer);
      held = length === undefined || answer.length < length ? answer : undefined;
      if (held) return;
      if (answer.toString("latin1", 9, 12) !== "200") {
        reject(new Error(`answered ${answer.toString("utf8", 0, 400)}`));
        socket.destroy();
        return;
      }
      count++;
      if (performance.now() < until) send();
      else socket.end();
    });
  });
}

/** Bytes of a whole answer, when its head is there. */
function answerLength(answer: Buffer): number | undefined {
  const end = answer.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer.toString("latin1", 0, end))?.[1];
  if (length === undefined) throw new Error("an answer without Content-Length");
  return end + HEAD_END.length + Number(length);
}
