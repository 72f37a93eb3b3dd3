import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@dovetail/domain";

/** A document as a bucket keeps it. */
export interface Kept {
  key: string;
  values: JsonObject;
  problem?: string;
}

/** All that is kept back for larger writes, whatever the number of buckets. */
const BUFFERED = 16 * 1024 * 1024;
const LARGEST_BUFFER = 64 * 1024;
const NEWLINE = 10;

/** What waits for one file: bytes, not texts, so that nothing of it lives on in the heap. */
interface Slot {
  bytes: Buffer;
  length: number;
}

/**
 * Documents and lines spread over files by a hash of their key, so that those of one bucket fit in memory: the
 * partitioning half of a grace hash join. The spread depends on keys alone, so a later process finds the same order.
 */
export class Buckets {
  private readonly slots: Slot[];

  private constructor(
    private readonly folder: string,
    readonly count: number,
  ) {
    const size = Math.min(LARGEST_BUFFER, Math.floor(BUFFERED / (count * 2)));
    this.slots = Array.from({ length: count * 2 }, () => ({ bytes: Buffer.allocUnsafeSlow(size), length: 0 }));
  }

  /** In a new folder below the system's temporary one, which needs room for the delivery once more. */
  static async create(count: number): Promise<Buckets> {
    return new Buckets(await mkdtemp(join(tmpdir(), "dovetail-join-")), count);
  }

  /** A promise only where something is written: most calls are over at once. */
  addDocument(document: Kept): Promise<void> | undefined {
    return this.add(this.bucketOf(document.key) * 2, JSON.stringify(document));
  }

  /** As `addDocument`. */
  addLine(member: number, key: string, line: JsonObject): Promise<void> | undefined {
    return this.add(this.bucketOf(key) * 2 + 1, `${JSON.stringify(key)}\t${member}\t${JSON.stringify(line)}`);
  }

  /** Ends the writing. */
  async flush(): Promise<void> {
    for (const index of this.slots.keys()) await this.write(index);
    this.slots.length = 0;
  }

  /** One at a time: parsed they take many times the room of their text. */
  async *documents(bucket: number): AsyncGenerator<Kept> {
    for (const line of await this.read(bucket * 2)) yield JSON.parse(line) as Kept;
  }

  /** Lines as the texts that they were kept as. */
  async lines(bucket: number): Promise<{ member: number; key: string; text: string }[]> {
    return (await this.read(bucket * 2 + 1)).map((line) => {
      const [first, second] = [line.indexOf("\t"), line.indexOf("\t", line.indexOf("\t") + 1)];
      const key = JSON.parse(line.slice(0, first)) as string;
      return { member: Number(line.slice(first + 1, second)), key, text: line.slice(second + 1) };
    });
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** FNV-1a. */
  private bucketOf(key: string): number {
    let hash = 0x811c9dc5;
    for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
    return (hash >>> 0) % this.count;
  }

  private add(index: number, line: string): Promise<void> | undefined {
    const slot = this.slots[index] as Slot;
    const size = Buffer.byteLength(line) + 1;
    if (slot.length + size > slot.bytes.length) return this.write(index).then(() => this.put(slot, index, line, size));
    return this.put(slot, index, line, size);
  }

  private put(slot: Slot, index: number, line: string, size: number): Promise<void> | undefined {
    if (size > slot.bytes.length) return appendFile(this.pathOf(index), `${line}\n`, { mode: 0o600 });
    slot.length += slot.bytes.write(line, slot.length);
    slot.bytes[slot.length++] = NEWLINE;
    return undefined;
  }

  private async write(index: number): Promise<void> {
    const slot = this.slots[index] as Slot;
    if (slot.length === 0) return;
    await appendFile(this.pathOf(index), slot.bytes.subarray(0, slot.length), { mode: 0o600 });
    slot.length = 0;
  }

  private pathOf(index: number): string {
    return join(this.folder, String(index));
  }

  private async read(slot: number): Promise<string[]> {
    const text = await readFile(this.pathOf(slot), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    return text.split("\n").filter((line) => line !== "");
  }
}
