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

const FLUSH_CHARACTERS = 32 * 1024;

/**
 * Documents and lines spread over files by a hash of their key, so that those of one bucket fit in memory: the
 * partitioning half of a grace hash join. The spread depends on keys alone, so a later process finds the same order.
 */
export class Buckets {
  private readonly pending: string[][];
  private readonly sizes: number[];

  private constructor(
    private readonly folder: string,
    readonly count: number,
  ) {
    this.pending = Array.from({ length: count * 2 }, () => []);
    this.sizes = new Array<number>(count * 2).fill(0);
  }

  /** In a new folder below the system's temporary one, which needs room for the delivery once more. */
  static async create(count: number): Promise<Buckets> {
    return new Buckets(await mkdtemp(join(tmpdir(), "dovetail-join-")), count);
  }

  async addDocument(document: Kept): Promise<void> {
    await this.add(this.bucketOf(document.key) * 2, JSON.stringify(document));
  }

  async addLine(member: number, key: string, line: JsonObject): Promise<void> {
    await this.add(this.bucketOf(key) * 2 + 1, JSON.stringify([member, key, line]));
  }

  async flush(): Promise<void> {
    for (let slot = 0; slot < this.pending.length; slot++) await this.write(slot);
  }

  async documents(bucket: number): Promise<Kept[]> {
    return (await this.read(bucket * 2)) as Kept[];
  }

  async lines(bucket: number): Promise<[number, string, JsonObject][]> {
    return (await this.read(bucket * 2 + 1)) as [number, string, JsonObject][];
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

  private async add(slot: number, line: string): Promise<void> {
    this.pending[slot]?.push(line);
    this.sizes[slot] = (this.sizes[slot] ?? 0) + line.length;
    if ((this.sizes[slot] ?? 0) > FLUSH_CHARACTERS) await this.write(slot);
  }

  private async write(slot: number): Promise<void> {
    const lines = this.pending[slot] ?? [];
    if (lines.length === 0) return;
    this.pending[slot] = [];
    this.sizes[slot] = 0;
    await appendFile(join(this.folder, String(slot)), `${lines.join("\n")}\n`, { mode: 0o600 });
  }

  private async read(slot: number): Promise<unknown[]> {
    const text = await readFile(join(this.folder, String(slot)), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as unknown);
  }
}
