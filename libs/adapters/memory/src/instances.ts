import { MemoryErp, type MemoryErpOptions } from "./memory-erp";

/** The ERPs of this process by the handle that a config names: what a host name is for a real one. */
const instances = new Map<string, MemoryErp>();

/** Makes an ERP reachable as `config.instance`; replaces one of the same name. */
export function startMemoryErp(instance: string, options: MemoryErpOptions = {}): MemoryErp {
  const erp = new MemoryErp(options);
  instances.set(instance, erp);
  return erp;
}

/** From now on nothing answers under this name. */
export function stopMemoryErp(instance: string): void {
  instances.delete(instance);
}

/** The ERP under this name, if one runs. */
export function memoryErp(instance: string): MemoryErp | undefined {
  return instances.get(instance);
}
