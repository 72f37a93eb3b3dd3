import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { temporaryFolder } from "@dovetail/testing";

const mounted: string[] = [];

/** A real file system of 64 kB at a folder; false where none can be mounted. */
export function smallDisk(folder: string): boolean {
  mkdirSync(folder, { recursive: true });
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], { stdio: "ignore" });
  if (status === 0) mounted.push(folder);
  return status === 0;
}

/** Takes away all that were mounted. */
export function unmountSmallDisks(): void {
  for (const folder of mounted.splice(0)) spawnSync("umount", [folder], { stdio: "ignore" });
}

function canMount(): boolean {
  const can = smallDisk(temporaryFolder("disk"));
  unmountSmallDisks();
  if (!can) console.warn("no file system can be mounted here: real full disks are not tried");
  return can;
}

/** Runs where a file system can be mounted. */
export const itOnDisk = canMount() ? it : it.skip;
