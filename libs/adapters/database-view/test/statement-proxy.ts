import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** What happens when a statement with this text passes: bytes stop before the server, or the answer is lost. */
export interface StatementFault {
  text: RegExp;
  does: "break" | "loseAnswer" | "cutAnswer" | "hang";
}

interface Hold {
  text: RegExp;
  held(): void;
  released: Promise<void>;
}

/** A TCP proxy in front of a database without TLS that sees the statements of clients and breaks at some of them. */
export class StatementProxy {
  fault?: StatementFault;
  private hold?: Hold;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {
    server.on("connection", (client) => this.take(client));
  }

  static async start(target: number): Promise<StatementProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    server.unref();
    return new StatementProxy(server, target);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  clear(): void {
    this.fault = undefined;
    this.hold = undefined;
  }

  /** Holds the next statement with this text back. */
  pause(text: RegExp): { held: Promise<void>; release(): void } {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const held = new Promise<void>((resolve) => (this.hold = { text, held: resolve, released }));
    return { held, release };
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private take(client: Socket): void {
    const server = connect(this.target, "127.0.0.1");
    let losing: "loseAnswer" | "cutAnswer" | undefined;
    let order = Promise.resolve();
    const end = (): void => void [client, server].forEach((socket) => socket.destroy());
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => (this.sockets.delete(socket), end()));
    }
    const pass = async (piece: Buffer): Promise<void> => {
      const text = piece.toString("latin1");
      const hold = this.hold;
      if (hold?.text.test(text)) {
        this.hold = undefined;
        hold.held();
        await hold.released;
      }
      const does = this.fault?.text.test(text) ? this.fault.does : undefined;
      if (does === "break") return end();
      if (does === "hang") return;
      losing = does;
      server.write(piece);
    };
    client.on("data", (piece: Buffer) => (order = order.then(() => pass(piece))));
    server.on("data", (piece: Buffer) => {
      if (losing === undefined) return void client.write(piece);
      if (losing === "loseAnswer") return end();
      client.write(piece.subarray(0, 3), end);
    });
  }
}
