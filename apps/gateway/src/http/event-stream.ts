import type { FastifyReply } from "fastify";

const HEARTBEAT_MS = 15_000;
/** A reader that lets this much pile up is cut off; it can come back. */
const MOST_WAITING_BYTES = 1024 * 1024;

/** An answer of server-sent events. It ends when the reader leaves, the service stops or `end` is called. */
export class EventStream {
  private ended = false;
  private readonly listeners: (() => void)[] = [];
  private readonly heartbeat: NodeJS.Timeout;

  constructor(
    private readonly reply: FastifyReply,
    private readonly stopping: AbortSignal,
  ) {
    reply.hijack();
    const { raw } = reply;
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
    raw.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    raw.on("close", this.finish);
    raw.on("error", this.finish);
    stopping.addEventListener("abort", this.end);
    this.heartbeat = setInterval(() => this.write(": still here\n\n"), HEARTBEAT_MS);
    this.write("retry: 2000\n\n");
    if (stopping.aborted) this.end();
  }

  send(message: { event: string; id: string; data: unknown }): void {
    this.write(`event: ${message.event}\nid: ${message.id}\ndata: ${JSON.stringify(message.data)}\n\n`);
  }

  /** Calls `fn` at the end, at once when it is over. */
  onEnd(fn: () => void): void {
    if (this.ended) fn();
    else this.listeners.push(fn);
  }

  readonly end = (): void => {
    if (!this.ended) this.reply.raw.end();
    this.finish();
  };

  private write(text: string): void {
    if (this.ended) return;
    this.reply.raw.write(text);
    if (this.reply.raw.writableLength > MOST_WAITING_BYTES) this.reply.raw.destroy();
  }

  private readonly finish = (): void => {
    if (this.ended) return;
    this.ended = true;
    clearInterval(this.heartbeat);
    this.stopping.removeEventListener("abort", this.end);
    for (const listener of this.listeners) listener();
  };
}
