import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** What the proxy does with bytes: hand on, swallow (`half-open`), or refuse connections (`cut`). */
export type ProxyMode = "pass" | "half-open" | "cut";

/** One connection: whom to tell of the answer that it is going to lose. */
interface Line {
  lost: ((answer: Buffer) => void) | undefined;
}

/** A TCP proxy on 127.0.0.1 that breaks as told. */
export class FaultProxy {
  /** Connections taken so far. */
  connections = 0;
  /** Bytes handed on, by direction. */
  readonly bytes = { toServer: 0, toClient: 0 };
  /** Bytes that were taken and not handed on. */
  swallowed = 0;
  private mode: ProxyMode = "pass";
  private delayMs = 0;
  private breaking: { left: number; broken(): void } | undefined;
  private holding: { asked: RegExp; ms: number; came(): void } | undefined;
  private losing: { asked: RegExp; lost(answer: Buffer): void } | undefined;
  private readonly pairs = new Set<[Socket, Socket]>();

  private constructor(
    private readonly server: Server,
    private readonly target: { host: string; port: number },
  ) {
    server.on("connection", (client) => this.take(client));
  }

  /** Listens on a free port, or on a given one, in front of a server. */
  static async start(target: { host?: string; port: number }, port = 0): Promise<FaultProxy> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
    server.unref();
    return new FaultProxy(server, { host: target.host ?? "127.0.0.1", port: target.port });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The URL of a server behind the proxy, with the proxy's port in it. */
  through(url: string): string {
    const changed = new URL(url);
    changed.hostname = "127.0.0.1";
    changed.port = String(this.port);
    return changed.href;
  }

  /** Hands bytes on again, at once. Connections that lost bytes while half-open are broken. */
  pass(): void {
    if (this.mode === "half-open") this.breakAll();
    this.mode = "pass";
    this.delayMs = 0;
  }

  /** Breaks every connection and refuses new ones. */
  cut(): void {
    this.mode = "cut";
    this.breakAll();
  }

  /** Breaks every connection once; new ones pass. */
  breakAll(): void {
    for (const [a, b] of this.pairs) {
      a.resetAndDestroy();
      b.destroy();
    }
    this.pairs.clear();
  }

  /**
   * Breaks every connection once, as soon as so many further bytes have gone to clients: in the middle of an answer,
   * wherever the server cut it. Resolves when that has happened; new connections pass.
   */
  breakAfter(bytes: number): Promise<void> {
    return new Promise((broken) => (this.breaking = { left: bytes, broken }));
  }

  /**
   * Hands on the next piece that matches (read as latin1), swallows the server's answer to it and breaks that connection:
   * the effect stands, and its sender cannot know. Resolves with the answer; new connections pass.
   */
  loseAnswerTo(asked: RegExp): Promise<Buffer> {
    return new Promise((lost) => (this.losing = { asked, lost }));
  }

  /** Holds the next piece to the server that matches (read as latin1) back for `ms`. Resolves when it has come. */
  holdOne(asked: RegExp, ms: number): Promise<void> {
    return new Promise((came) => (this.holding = { asked, ms, came }));
  }

  /** Nothing is waited for any more: neither a number of bytes nor an answer to lose. */
  forget(): void {
    this.breaking = undefined;
    this.losing = undefined;
    this.holding = undefined;
  }

  /** Keeps connections open and swallows every byte, as a lost network does. */
  halfOpen(): void {
    this.mode = "half-open";
  }

  /** Holds each piece back for `ms` in both directions; order is kept. */
  delay(ms: number): void {
    this.delayMs = ms;
  }

  /** Ends the proxy and its connections. */
  async stop(): Promise<void> {
    this.breakAll();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private take(client: Socket): void {
    this.connections++;
    if (this.mode === "cut") {
      client.on("error", () => undefined);
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(this.target);
    const pair: [Socket, Socket] = [client, upstream];
    this.pairs.add(pair);
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on("error", () => undefined);
      socket.on("close", (failed) => {
        // After an orderly end the last pieces may still be held back: the end is handed on behind them.
        if (failed || !socket.readableEnded) for (const each of pair) each.destroy();
        if (pair.every((each) => each.destroyed)) this.pairs.delete(pair);
      });
    }
    const line: Line = { lost: undefined };
    this.pump(client, upstream, "toServer", line);
    this.pump(upstream, client, "toClient", line);
  }

  private breaksNow(bytes: number): boolean {
    if (!this.breaking || (this.breaking.left -= bytes) > 0) return false;
    const { broken } = this.breaking;
    this.breaking = undefined;
    this.breakAll();
    broken();
    return true;
  }

  /** Whether this piece must not be handed on. */
  private loses(piece: Buffer, direction: "toServer" | "toClient", line: Line, pair: readonly Socket[]): boolean {
    if (direction === "toServer") {
      if (!this.losing?.asked.test(piece.toString("latin1"))) return false;
      line.lost = this.losing.lost;
      this.losing = undefined;
      return false;
    }
    if (!line.lost) return false;
    line.lost(piece);
    for (const socket of pair) socket.destroy();
    return true;
  }

  /** How long a piece is held back, milliseconds. */
  private held(piece: Buffer, direction: "toServer" | "toClient"): number {
    const { holding } = this;
    if (!holding || direction !== "toServer" || !holding.asked.test(piece.toString("latin1"))) return this.delayMs;
    this.holding = undefined;
    holding.came();
    return holding.ms;
  }

  private pump(from: Socket, to: Socket, direction: "toServer" | "toClient", line: Line): void {
    // None goes before one that came before it: each timer takes the oldest piece, and none fires before the one before.
    const held: (() => void)[] = [];
    let due = 0;
    const later = (fn: () => void, ms = this.delayMs): void => {
      const now = performance.now();
      due = Math.max(due, now + ms);
      if (due <= now && held.length === 0) return fn();
      held.push(fn);
      setTimeout(() => held.shift()?.(), due - now);
    };
    from.on("data", (piece: Buffer) =>
      later(
        () => {
          if (this.mode !== "pass" || to.destroyed) {
            this.swallowed += piece.length;
            return;
          }
          if (this.loses(piece, direction, line, [from, to])) return;
          if (direction === "toClient" && this.breaksNow(piece.length)) return;
          this.bytes[direction] += piece.length;
          to.write(piece);
        },
        this.held(piece, direction),
      ),
    );
    from.on("end", () => later(() => to.end()));
  }
}
