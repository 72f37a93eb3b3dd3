import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Follows the connections of a server, so that stopping can tell which carry a request. Node's own
 * `closeIdleConnections` spares a connection that never sent anything, and a pool opens such ones in advance.
 */
export class Connections {
  private readonly inFlight = new Map<Socket, number>();

  constructor(private readonly server: Server) {
    server.on("connection", (socket: Socket) => {
      this.inFlight.set(socket, 0);
      socket.once("close", () => this.inFlight.delete(socket));
    });
    server.on("request", (request, response) => {
      const { socket } = request;
      this.add(socket, 1);
      response.once("close", () => {
        this.add(socket, -1);
        if (!server.listening && this.inFlight.get(socket) === 0) socket.end();
      });
    });
  }

  /** Ends listening, lets requests in flight end for at most `timeoutMs`, then cuts what is left. */
  async drain(timeoutMs: number): Promise<void> {
    if (!this.server.listening) return;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const [socket, requests] of this.inFlight) if (requests === 0) socket.destroy();
    const deadline = setTimeout(() => {
      for (const socket of this.inFlight.keys()) socket.destroy();
    }, timeoutMs);
    await closed;
    clearTimeout(deadline);
  }

  private add(socket: Socket, change: number): void {
    const before = this.inFlight.get(socket);
    if (before !== undefined) this.inFlight.set(socket, before + change);
  }
}
