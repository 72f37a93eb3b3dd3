import { Client } from "pg";

/** The part of node-pg's connection that COPY needs and that its types leave out. */
interface CopyConnection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** A query object of node-pg that sends prepared text by COPY. */
class CopyIn {
  readonly done: Promise<void>;
  private resolve!: () => void;
  private reject!: (error: Error) => void;
  private failure: Error | undefined;

  constructor(
    private readonly statement: string,
    private readonly rows: Buffer,
  ) {
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  submit(connection: CopyConnection): void {
    connection.query(this.statement);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(this.rows);
    connection.endCopyFrom();
  }

  handleCommandComplete(): void {}

  handleError(error: Error): void {
    this.failure = error;
    this.reject(error);
  }

  handleReadyForQuery(): void {
    if (!this.failure) this.resolve();
  }
}

/** Copies text-format rows into a table, one statement and so one commit per page, as a pull has to commit. */
export async function copyPages(client: Client, statement: string, pages: readonly Buffer[]): Promise<void> {
  for (const page of pages) {
    const copy = new CopyIn(statement, page);
    client.query(copy as never);
    await copy.done;
  }
}
