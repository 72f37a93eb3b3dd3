import { dirname } from "node:path";
import type { ConformanceHarness, FaultControl, FaultKind, OpenOptions } from "@dovetail/adapter-conformance";
import type { JsonObject } from "@dovetail/domain";
import { freePort, type SftpFault, type TestSftpServer } from "@dovetail/testing";
import { fileExchange } from "../src";
import { DEFAULTS, newRoot, openFolder, sftpOver } from "./exchange";
import { ENTITY_LIST, ERP_SETS, FileErp } from "./file-erp";

/** How the adapter gets to the folders of the ERP. */
export interface Way {
  kinds: readonly FaultKind[];
  /** A fresh root. */
  root(): string;
  /** Settings and credentials of this root. */
  reach(root: string): Promise<JsonObject>;
  /** Undefined: as it should be. */
  fault(kind: FaultKind | undefined): Promise<void> | void;
  close(): Promise<void>;
}

/** A folder has no faults but those of its disk. */
const byFolder: Way = {
  kinds: [],
  root: newRoot,
  reach: async () => ({}),
  fault: () => undefined,
  close: async () => undefined,
};

const SFTP_FAULTS: Partial<Record<FaultKind, SftpFault>> = { reset: "cut", auth: 3, hang: "hang" };

/** A server in this process. */
function bySftp(): Way {
  let server: TestSftpServer | undefined;
  const close = async () => server?.close();
  return {
    kinds: ["reset", "auth", "hang"],
    root: newRoot,
    async reach(root) {
      await close();
      const over = await sftpOver(root);
      server = over.server;
      return over.config;
    },
    fault(kind) {
      if (server) server.fault = kind && SFTP_FAULTS[kind];
    },
    close,
  };
}

/** The harness over a folder, or over SFTP with a server in front of the same folder. */
export function fileHarness(transport: "folder" | "sftp", way = transport === "sftp" ? bySftp() : byFolder) {
  let root = newRoot();
  let config: JsonObject = {
    ...DEFAULTS,
    root,
    sets: ERP_SETS,
    ...(transport === "sftp" ? { authMethod: "BASIC" } : {}),
  };
  let erp = new FileErp(root);
  let closedPort = 0;
  const open = async ({ as, signal }: OpenOptions = {}) => {
    const away: JsonObject = transport === "sftp" ? { port: closedPort } : { root: `${root}/gone` };
    const changed: JsonObject = as === "wrongPassword" ? { apiPassword: "wrong" } : as === "unreachable" ? away : {};
    const session = await openFolder(dirname(root), { ...config, ...changed }, signal ? { signal } : {});
    return { session, close: async () => fileExchange.close?.(session) };
  };
  const faults: FaultControl = {
    kinds: way.kinds,
    fail: (kind) => way.fault(kind),
    clear: () => way.fault(undefined),
    equalTimestamps: (entity, count) => erp.seed(entity, count),
    lateCommit: (entity) => erp.seed(entity, 1)[0] ?? "",
    missingChildren: () => erp.truncated(),
  };
  const harness: ConformanceHarness = {
    adapter: fileExchange,
    entities: ENTITY_LIST,
    get config() {
      return config;
    },
    open,
    start: async () => void (closedPort = await freePort()),
    reset: async () => {
      root = way.root();
      erp = new FileErp(root);
      config = { ...DEFAULTS, root, sets: ERP_SETS, ...(await way.reach(root)) };
    },
    stop: () => way.close(),
    seed: (entity, count) => erp.seed(entity, count),
    mutate: (entity, id) => erp.mutate(entity, id),
    wait: async () => erp.work(),
    pushBody: (entity) => ({ create: erp.newBody(entity), update: erp.change(entity) }),
    countReference: (_, reference) => (erp.work(), erp.count(reference)),
    faults,
  };
  return harness;
}
