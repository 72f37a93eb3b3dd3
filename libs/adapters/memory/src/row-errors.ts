/** The row that an operation names does not exist. */
export class NoSuchRow extends Error {}

/** The version that an update names is not the current one. */
export class StaleVersion extends Error {}
