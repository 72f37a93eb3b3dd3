import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** The specs of database-view start a MariaDB of their own where its binaries are: here they are installed first. */
it("database views keep the adapter contract and carry the real data on MariaDB", () => {
  const root = join(__dirname, "../..");
  execFileSync("bash", [join(__dirname, "mariadb.sh"), "install"], { stdio: ["ignore", "ignore", "inherit"] });
  const jest = join(root, "node_modules/jest/bin/jest.js");
  const args = ["--config", join(root, "jest.config.cjs"), "-w", "1", "libs/adapters/database-view", "-t", "MariaDB"];
  execFileSync(process.execPath, [jest, ...args], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
});
