import { AdapterError, type AdapterErrorDetails } from "../errors";

type Verdict = Pick<AdapterErrorDetails, "category" | "code">;

const MISSING: Verdict = { category: "NOT_FOUND", code: "NOT_FOUND" };
const REFUSED: Verdict = { category: "AUTH", code: "ERP002" };
const BROKEN: Verdict = { category: "SERVER", code: "UNAVAILABLE" };
/** Of the connection, or of a folder that is a mount and may come back. */
export const AWAY: Verdict = { category: "TRANSIENT", code: "ERP001" };

interface Meaning extends Verdict {
  says: string;
}

/** System error names, and the status codes of SFTP (draft-ietf-secsh-filexfer-02, section 7). */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOENT: { ...MISSING, says: "there is no such file" },
  2: { ...MISSING, says: "there is no such file" },
  EACCES: { ...REFUSED, says: "access is refused" },
  EPERM: { ...REFUSED, says: "access is refused" },
  3: { ...REFUSED, says: "access is refused" },
  EROFS: { ...BROKEN, says: "the file system is read-only" },
  ENOSPC: { ...BROKEN, says: "the disk is full" },
  EDQUOT: { ...BROKEN, says: "the disk quota is used up" },
  ELOOP: { ...REFUSED, says: "links are not followed" },
  4: { ...BROKEN, says: "the server reports a failure (a full disk, or a name that is in use)" },
};

export function fileError(what: string, details: Verdict & Partial<AdapterErrorDetails>): AdapterError {
  return new AdapterError(what, { sent: "no", ...details });
}

/** A failed step in words: what was tried, at which path, and what the system said of it. */
export function stepError(step: string, path: string, cause: unknown): AdapterError {
  if (cause instanceof AdapterError) return cause;
  const bodyCode = String((cause as { code?: unknown } | null)?.code ?? "");
  const meaning = MEANINGS[bodyCode];
  const says = meaning?.says ?? `it failed${bodyCode ? ` (${bodyCode})` : ""}`;
  const { category, code } = meaning ?? BROKEN;
  return fileError(`${step} ${JSON.stringify(path)}: ${says}`, {
    category,
    code,
    cause,
    ...(bodyCode ? { bodyCode } : {}),
  });
}

/** Throws once the session was told to end. */
export function mustGoOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw fileError("the connection was closed", { ...AWAY, cause: signal.reason });
}
