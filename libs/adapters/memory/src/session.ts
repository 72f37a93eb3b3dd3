import { AdapterError, httpClassify, RETRY_TABLE } from "@dovetail/adapter-sdk";
import type { CallKind } from "./faults";
import { memoryErp } from "./instances";
import type { MemoryErp } from "./memory-erp";
import { WireFailure } from "./wire";

export interface MemoryConfig {
  /** The handle of `startMemoryErp`. */
  instance: string;
  apiUsername: string;
  apiPassword: string;
}

/** A failure of the wire in the words of the port. */
function adapterError(failure: WireFailure): AdapterError {
  const { answer, sent } = failure;
  if (!answer)
    return new AdapterError(failure.message, {
      category: "TRANSIENT",
      code: RETRY_TABLE.TRANSIENT.code,
      sent,
      cause: failure,
    });
  const { status, retryAfterSeconds, bodyCode, body } = answer;
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  const verdict = httpClassify({ status, headers, ...(bodyCode ? { bodyCode } : {}), ...(body ? { body } : {}) });
  return new AdapterError(failure.message, {
    ...verdict,
    sent,
    status,
    ...(bodyCode ? { bodyCode } : {}),
    cause: failure,
  });
}

/** One login to a memory ERP. */
export class MemorySession {
  constructor(
    private readonly config: MemoryConfig,
    private readonly signal: AbortSignal,
  ) {}

  /** Looked up for each use, as a host name is: an ERP may go and come back. Throws AdapterError when it is away. */
  get erp(): MemoryErp {
    const erp = memoryErp(this.config.instance);
    if (!erp) throw adapterError(new WireFailure(`no ERP answers as ${this.config.instance}`, "no"));
    return erp;
  }

  /** One call over the wire; throws AdapterError. */
  async call<T>(kind: CallKind, effect: (erp: MemoryErp) => T): Promise<T> {
    const login = { username: this.config.apiUsername, password: this.config.apiPassword };
    const { erp } = this;
    try {
      return await erp.call(kind, login, this.signal, () => effect(erp));
    } catch (error) {
      throw error instanceof WireFailure ? adapterError(error) : error;
    }
  }
}
