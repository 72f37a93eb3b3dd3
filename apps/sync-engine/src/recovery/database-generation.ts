/**
 * Which generation of the database this process works with: raised when the database turns out to be another one than it was
 * (restored, promoted). It is the epoch of the change feed.
 */
export class DatabaseGeneration {
  constructor(public current: number) {}
}
