import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Processes of one run (jest and its workers) share a folder by this variable. */
const VARIABLE = "DOVETAIL_TEST_DIR";

// Outlives a killed run: its pipe closes with the run, and what servers still write while they stop is removed as well.
const JANITOR = `
read _ <&3
i=0; gone=0
while [ $gone -lt 3 ] && [ $i -lt 240 ]; do
  if [ -e "$1" ]; then rm -rf -- "$1" 2>/dev/null; gone=0; else gone=$((gone+1)); fi
  i=$((i+1)); sleep 0.25
done`;

/** A new empty folder that is removed when the run ends, whatever ends it. Other accounts may enter it. */
export function temporaryFolder(name = "folder"): string {
  const root = (process.env[VARIABLE] ??= watchedRoot());
  const folder = mkdtempSync(join(root, `${name}-`));
  chmodSync(folder, 0o755);
  return folder;
}

function watchedRoot(): string {
  const root = mkdtempSync(join(tmpdir(), "dovetail-test-"));
  chmodSync(root, 0o755);
  const janitor = spawn("/bin/sh", ["-c", JANITOR, "sh", root], {
    cwd: "/",
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  janitor.unref();
  const pipe = janitor.stdio[3] as unknown as { unref(): void; on(event: "error", fn: () => void): void };
  pipe.on("error", () => undefined);
  pipe.unref();
  return root;
}
