import { spawnSync } from "node:child_process";
import { ROOT } from "./workspace";

it("a generated adapter is green", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["tools/generators/try-adapter.mjs"], {
    cwd: ROOT,
    encoding: "utf8",
    timeout: 240_000,
  });
  expect(`${status} ${stdout}${status === 0 ? "" : stderr}`).toBe("0 a generated adapter is green\n");
}, 250_000);
