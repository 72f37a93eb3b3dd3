export { freePort, isFreePort } from "./free-port";
export { FolderHeldError, folderHolder, lockFolder, type FolderHolder, type FolderLock } from "./folder-lock";
export { EMBEDDED_SUPERUSER, startPostgres, type PostgresOptions, type RunningPostgres } from "./postgres";
export { startNats, type NatsOptions, type RunningNats } from "./nats";
export { natsBinary } from "./nats-binary";
export type { NatsUser } from "./nats-config";
