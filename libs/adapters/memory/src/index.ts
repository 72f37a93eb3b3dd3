export { type CallFault, type CallKind, Faults, type PausedSender } from "./faults";
export { memoryErp, startMemoryErp, stopMemoryErp } from "./instances";
export { memory, memoryAdapter, type MemoryAdapterOptions } from "./memory-adapter";
export { type JournalEntry, MemoryErp, type MemoryErpOptions } from "./memory-erp";
export { RecordSeeder, seededRandom } from "./seeds";
export type { StoredRow } from "./table";
