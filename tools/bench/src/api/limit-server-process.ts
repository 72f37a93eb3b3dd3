import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Pool } from "pg";
import type { Commands } from "../child-side";

const JSON_HEAD = { "Content-Type": "application/json" };

/** The leanest server that answers a record by its key: node:http and a prepared statement. */
export const limitServer = {
  async start({ databaseUrl }: { databaseUrl: string }) {
    const pool = new Pool({ connectionString: databaseUrl, max: 10 });
    const read = { name: "read", text: "select doc::text as doc from limit_rows where key = $1" };
    const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      const key = decodeURIComponent((request.url ?? "").slice("/records/".length));
      if (key === "") return void response.writeHead(200, { "Content-Length": 2 }).end("{}");
      pool.query<{ doc: string }>({ ...read, values: [key] }).then(
        ({ rows: [row] }) => {
          const body = row ? `{"key":${JSON.stringify(key)},"record":${row.doc}}` : "{}";
          const length = Buffer.byteLength(body);
          response.writeHead(row ? 200 : 404, { ...JSON_HEAD, "Content-Length": length }).end(body);
        },
        () => response.writeHead(500, { "Content-Length": 0 }).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { port: (server.address() as AddressInfo).port };
  },
} satisfies Commands;
