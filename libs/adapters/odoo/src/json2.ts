import type { HttpAnswer } from "@dovetail/adapter-sdk";
import type { Json } from "@dovetail/domain";
import { faultError, readFault, statusError } from "./errors";
import { type Call, type Rpc, type Wire, address, answeredAt, excerpt } from "./rpc";

/** JSON-2 of Odoo 19 and later: bearer key, named arguments, bare results, statuses that mean something. */
export class Json2 implements Rpc {
  constructor(
    private readonly wire: Wire,
    private readonly token: string,
  ) {}

  async call(call: Call): Promise<Json> {
    return (await this.send(call)).json();
  }

  async now(): Promise<number> {
    // Any answer has the clock; this one costs the server nothing.
    const call = { model: "res.users", method: "search_count", named: { domain: [["id", "=", 0]] } };
    return answeredAt(await this.send(call), excerpt(call));
  }

  private async send(call: Call): Promise<HttpAnswer> {
    const { config, http, signal } = this.wire;
    const answer = await http.request({
      method: "POST",
      url: address(config, `/json/2/${call.model}/${call.method}`),
      headers: { authorization: `bearer ${this.token}`, "x-odoo-database": config.database },
      json: {
        ...(call.ids ? { ids: call.ids } : {}),
        ...call.named,
        ...(call.context ? { context: call.context } : {}),
      },
      timeoutMs: config.timeoutSeconds * 1000,
      signal,
    });
    if (answer.status === 200) return answer;
    const isJson = /json/.test(answer.headers["content-type"] ?? "");
    const fault = isJson ? readFault(answer.json()) : undefined;
    if (fault && answer.status !== 429) throw faultError(fault, answer.status, excerpt(call));
    throw statusError(answer.status, excerpt(call), answer.headers);
  }
}
