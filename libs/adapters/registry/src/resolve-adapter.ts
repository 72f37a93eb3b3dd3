import { type Adapter, AdapterError, type ConnectionMethod } from "@dovetail/adapter-sdk";
import { ADAPTERS } from "./adapters";

/** The adapter by which a customer's system is reached. */
export interface ResolvedAdapter {
  /** The customer's system, in capital letters. */
  system: string;
  connectionMethod: ConnectionMethod;
  adapter: Adapter;
}

const CODE = /^[A-Z][A-Z0-9_]{0,39}$/;

/**
 * The adapter of a customer's system and a connection method (SPEC 2): the system's own one where it goes by that method,
 * else the one that reaches any system by it. Without a method: the own one's. Throws AdapterError VALIDATION that names
 * what there is.
 */
export function resolveAdapter(
  system: string,
  method?: ConnectionMethod,
  adapters: readonly Adapter[] = ADAPTERS,
): ResolvedAdapter {
  const code = system.toUpperCase();
  if (!CODE.test(code)) throw refusal("the system must be a code such as SAP or ODOO");
  const own = adapters.find((adapter) => adapter.system === code);
  if (own && (method === undefined || methodOf(own) === method))
    return { system: code, connectionMethod: methodOf(own), adapter: own };
  if (own?.anySystem)
    throw refusal(`${code} stands for systems without a name that are connected by ${methodOf(own)}, not by ${method}`);
  const general = adapters.find((adapter) => adapter.anySystem && methodOf(adapter) === method);
  if (general && method) return { system: code, connectionMethod: method, adapter: general };
  throw refusal(`${code} has no adapter for ${method ?? "API"}; ${offers(adapters)}`);
}

/** By which method an adapter reaches its ERP. */
function methodOf(adapter: Adapter): ConnectionMethod {
  return adapter.connectionMethod ?? "API";
}

function offers(adapters: readonly Adapter[]): string {
  const named = adapters.filter((adapter) => !adapter.anySystem);
  const own = named.map((adapter) => `${adapter.system} (${methodOf(adapter)})`).sort();
  const methods = adapters.filter((adapter) => adapter.anySystem).map(methodOf);
  const any = methods.length > 0 ? `, and any system by ${methods.sort().join(", ")}` : "";
  return `there are ${own.join(", ")}${any}`;
}

function refusal(message: string): AdapterError {
  return new AdapterError(message, { category: "VALIDATION", code: "ERP008", sent: "no" });
}
