import { dirname } from "node:path";
import type { ConformanceHarness, FaultControl, OpenOptions } from "@dovetail/adapter-conformance";
import type { JsonObject } from "@dovetail/domain";
import { freePort, type SftpFault, type TestSftpServer } from "@dovetail/testing";
import { fileExchange } from "../src";
import { DEFAULTS, newRoot, openFolder, sftpOver } from "./exchange";
import { ENTITY_LIST, ERP_SETS, FileErp } from "./file-erp";

const SFTP_FAULTS: Record<string, SftpFault> = { reset: "cut", auth: 3, hang: "hang" };

function faults(transport: string, erp: () => FileErp, server: () => TestSftpServer | undefined): FaultControl {
  const set = (fault: SftpFault | undefined) => {
    const running = server();
    if (running) running.fault = fault;
  };
  return {
    // A folder has no faults but those of its disk.
    kinds: transport === "sftp" ? ["reset", "auth", "hang"] : [],
    fail: (kind) => set(SFTP_FAULTS[kind]),
    clear: () => set(undefined),
    equalTimestamps: (entity, count) => erp().seed(entity, count),
    lateCommit: (entity) => erp().seed(entity, 1)[0] ?? "",
    missingChildren: () => erp().truncated(),
  };
}

/** The harness over a folder, or over SFTP with a server in front of the same folder. */
export function fileHarness(transport: "folder" | "sftp"): ConformanceHarness {
  let root = newRoot();
  let server: TestSftpServer | undefined;
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
  return {
    adapter: fileExchange,
    entities: ENTITY_LIST,
    get config() {
      return config;
    },
    open,
    start: async () => void (closedPort = await freePort()),
    reset: async () => {
      root = newRoot();
      erp = new FileErp(root);
      await server?.close();
      const over = transport === "sftp" ? await sftpOver(root) : undefined;
      server = over?.server;
      config = { ...DEFAULTS, root, sets: ERP_SETS, ...over?.config };
    },
    stop: async () => server?.close(),
    seed: (entity, count) => erp.seed(entity, count),
    mutate: (entity, id) => erp.mutate(entity, id),
    wait: async () => erp.work(),
    pushBody: (entity) => ({ create: erp.newBody(entity), update: erp.change(entity) }),
    countReference: (_, reference) => (erp.work(), erp.count(reference)),
    faults: faults(
      transport,
      () => erp,
      () => server,
    ),
  };
}
