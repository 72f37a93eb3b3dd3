import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AdapterError } from "@dovetail/adapter-sdk";
import type { JsonObject } from "@dovetail/domain";
import { Bucket, type Kept } from "./bucket";
import { LineText } from "./line-text";

/** All that is kept back, whatever the number of buckets: one block of each. */
const BUFFERED = 8 * 1024 * 1024;
const LARGEST_BLOCK = 64 * 1024;
/** Blocks are written together, as they come one behind the other. */
const WRITTEN_AT_ONCE = 256 * 1024;
/** Blocks of a bucket that are asked for at once. */
const READ_AT_ONCE = 16;
const NOTHING = Buffer.alloc(0);

/**
 * Documents and lines spread over buckets by a hash of their key, so that those of one bucket fit in memory: the
 * partitioning half of a grace hash join. The spread depends on keys alone, so a later process finds the same order.
 * All buckets are chains of blocks in one file. It has no name any more, so nothing of it outlives the process.
 */
export class Buckets {
  private readonly block: number;
  private buffered: Buffer;
  private readonly lengths: Int32Array;
  /** The last block of each bucket, and of each block the one before it; -1: none. Outside of the heap. */
  private readonly lastBlocks: Int32Array;
  private before = new Int32Array(64 * 1024);
  private together: Buffer;
  private readonly texts = new LineText();
  private waiting = 0;
  private written = 0;
  private scratch = Buffer.allocUnsafeSlow(LARGEST_BLOCK);
  private whole = Buffer.allocUnsafeSlow(LARGEST_BLOCK);

  private constructor(
    private readonly file: FileHandle,
    readonly count: number,
  ) {
    this.block = Math.min(LARGEST_BLOCK, Math.floor(BUFFERED / count));
    this.buffered = Buffer.allocUnsafeSlow(this.block * count);
    this.lengths = new Int32Array(count);
    this.lastBlocks = new Int32Array(count).fill(-1);
    this.together = Buffer.allocUnsafeSlow(Math.max(this.block, WRITTEN_AT_ONCE - (WRITTEN_AT_ONCE % this.block)));
  }

  /** Below the system's temporary folder, which needs room for the delivery once more. Throws AdapterError SERVER. */
  static async create(count: number): Promise<Buckets> {
    return onDisk(async () => {
      const folder = await mkdtemp(join(tmpdir(), "dovetail-join-"));
      try {
        return new Buckets(await open(join(folder, "buckets"), "wx+", 0o600), count);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  }

  /** A promise only where something is written: most calls are over at once. */
  addDocument(document: Kept): Promise<void> | undefined {
    return this.add(this.bucketOf(document.key), `\t${JSON.stringify(document)}\n`);
  }

  /** As `addDocument`; lines come before the documents. */
  addLine(member: number, key: string, line: JsonObject): Promise<void> | undefined {
    return this.add(this.bucketOf(key), `${member}\t${JSON.stringify(key)}\t${this.texts.write(member, line)}\n`);
  }

  /** Ends the writing. */
  async flush(): Promise<void> {
    for (let bucket = 0; bucket < this.count; bucket++) if (this.lengths[bucket]) await this.putBlock(bucket);
    await this.writeTogether();
    this.buffered = this.together = NOTHING;
  }

  /** What a bucket holds; good until the next one is read. */
  async open(bucket: number): Promise<Bucket> {
    return new Bucket(await this.read(bucket), this.texts);
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  /** FNV-1a. */
  private bucketOf(key: string): number {
    let hash = 0x811c9dc5;
    for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
    return (hash >>> 0) % this.count;
  }

  private add(bucket: number, text: string): Promise<void> | undefined {
    // Of UTF-8 a character takes three bytes of UTF-16's units at most.
    if (text.length * 3 > this.scratch.length) this.scratch = Buffer.allocUnsafeSlow(text.length * 3);
    const size = this.scratch.write(text);
    const length = this.lengths[bucket] as number;
    if (length + size > this.block) return this.addInParts(bucket, Buffer.from(this.scratch.subarray(0, size)));
    this.scratch.copy(this.buffered, bucket * this.block + length, 0, size);
    this.lengths[bucket] = length + size;
    return undefined;
  }

  private async addInParts(bucket: number, bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const length = this.lengths[bucket] as number;
      const copied = bytes.copy(this.buffered, bucket * this.block + length, at, at + this.block - length);
      this.lengths[bucket] = length + copied;
      at += copied;
      if (this.lengths[bucket] === this.block) await this.putBlock(bucket);
    }
  }

  /** The last block of a chain may be a short one: `lengths` tells how much of it counts. */
  private async putBlock(bucket: number): Promise<void> {
    const from = bucket * this.block;
    this.buffered.copy(this.together, this.waiting, from, from + this.block);
    this.link(bucket, (this.written + this.waiting) / this.block);
    this.waiting += this.block;
    if (this.lengths[bucket] === this.block) this.lengths[bucket] = 0;
    if (this.waiting + this.block > this.together.length) await this.writeTogether();
  }

  private link(bucket: number, block: number): void {
    if (block >= this.before.length) {
      const larger = new Int32Array(this.before.length * 2);
      larger.set(this.before);
      this.before = larger;
    }
    this.before[block] = this.lastBlocks[bucket] as number;
    this.lastBlocks[bucket] = block;
  }

  private chainOf(bucket: number): number[] {
    const chain: number[] = [];
    for (let block = this.lastBlocks[bucket] as number; block >= 0; block = this.before[block] as number)
      chain.push(block);
    return chain.reverse();
  }

  private async writeTogether(): Promise<void> {
    const bytes = this.together.subarray(0, this.waiting);
    await onDisk(async () => {
      for (let at = 0; at < bytes.length;)
        at += (await this.file.write(bytes, at, bytes.length - at, this.written + at)).bytesWritten;
    });
    this.written += this.waiting;
    this.waiting = 0;
  }

  private async read(bucket: number): Promise<Buffer> {
    const { block, file } = this;
    const chain = this.chainOf(bucket);
    const slack = this.lengths[bucket] ? block - (this.lengths[bucket] as number) : 0;
    const size = chain.length * block;
    if (this.whole.length < size) this.whole = Buffer.allocUnsafeSlow(size + (size >> 2));
    const readBlock = async (place: number, index: number) => {
      for (let at = 0; at < block;) {
        const { bytesRead } = await file.read(this.whole, index * block + at, block - at, place * block + at);
        if (bytesRead === 0) throw new Error("the file of a join ends too early");
        at += bytesRead;
      }
    };
    await onDisk(async () => {
      for (let at = 0; at < chain.length; at += READ_AT_ONCE)
        await Promise.all(chain.slice(at, at + READ_AT_ONCE).map((place, index) => readBlock(place, at + index)));
    });
    return this.whole.subarray(0, size - slack);
  }
}

/** A failure of the temporary folder in words: it is our disk, not the ERP's. */
async function onDisk<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const says = code === "ENOSPC" ? "the disk is full" : `it failed (${code ?? "?"})`;
    throw new AdapterError(`joining in the temporary folder: ${says}. It needs room for the delivery once more`, {
      category: "SERVER",
      code: "UNAVAILABLE",
      sent: "no",
      cause,
    });
  }
}
