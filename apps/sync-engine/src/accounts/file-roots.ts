/**
 * The folders that are open to one tenant's integrations: `{tenant}` in a folder stands for the tenant's name, so that no
 * tenant can name another one's folder. A folder without it is open to all of them.
 */
export function fileRootsOf(roots: readonly string[], tenant: string): string[] {
  return roots.map((root) => root.replaceAll("{tenant}", tenant));
}
