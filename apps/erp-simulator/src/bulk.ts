/** Options. */
export interface BulkOptions { rows: number }
/** Running. */
export interface RunningBulk { url: string }
/** Later. */
export async function startBulk(_options: BulkOptions): Promise<RunningBulk> { throw new Error('not yet'); }
