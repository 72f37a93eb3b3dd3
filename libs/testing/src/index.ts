export { freePort } from "@dovetail/embedded";
export { eventually } from "./eventually";
export { FakeClock } from "./fake-clock";
export { FaultProxy, type ProxyMode } from "./fault-proxy";
export { type SftpFault, startTestSftp, type TestSftpOptions, type TestSftpServer } from "./sftp-server";
export { temporaryFolder } from "./temporary-folder";
export { testDatabase, type TestDatabase } from "./test-database";
export { testNats, type TestNats } from "./test-nats";
export { startTestPostgres } from "./test-postgres";
