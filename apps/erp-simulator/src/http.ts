import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Answer } from "./odoo/pages";
import type { Incoming } from "./odoo/face";
import type { Delivery } from "./striking";

/** A listening server on the loopback interface. */
export interface Listening {
  port: number;
  url: string;
  /** Cuts every connection and stops listening. */
  stop(): Promise<void>;
}

/** Serves `handle` on 127.0.0.1; port 0 takes a free one. A throw becomes a 500 without details. */
export async function listen(port: number, handle: (request: Incoming) => Promise<Delivery>): Promise<Listening> {
  const server: Server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    void serve(request, response, handle);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  handle: (request: Incoming) => Promise<Delivery>,
): Promise<void> {
  let delivery: Delivery;
  try {
    delivery = await handle(await readRequest(request));
  } catch {
    const page: Answer = {
      status: 500,
      headers: { "Content-Type": "text/html" },
      body: "<h1>Internal Server Error</h1>",
    };
    delivery = { answer: page, transport: "whole" };
  }
  send(request, response, delivery);
}

async function readRequest(request: IncomingMessage): Promise<Incoming> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const [path = "/", query = ""] = (request.url ?? "/").split("?");
  const headers: Incoming["headers"] = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = Array.isArray(value) ? value[0] : value;
  return { method: request.method ?? "GET", path, query, headers, body: Buffer.concat(chunks).toString("utf8") };
}

function send(request: IncomingMessage, response: ServerResponse, { answer, transport, holdMs }: Delivery): void {
  if (transport === "reset") {
    request.socket.resetAndDestroy();
    return;
  }
  if (transport === "hang" || !answer) {
    setTimeout(() => request.socket.destroy(), holdMs ?? 120_000).unref();
    return;
  }
  const body = Buffer.from(answer.body, "utf8");
  response.writeHead(answer.status, { ...answer.headers, "Content-Length": body.length });
  if (transport === "cut") {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => request.socket.destroy());
    return;
  }
  response.end(body);
}
