/**
 * UNKNOWN_KEY: the ring has no key of this id. TAMPERED: the content, its key or its context (aad) is not the one
 * that was sealed. MALFORMED: the text has not the form that is expected.
 */
export type CryptoErrorCode = "UNKNOWN_KEY" | "TAMPERED" | "MALFORMED";

/** A cryptographic step that failed. Never retryable; its message holds no key, plaintext or password. */
export class CryptoError extends Error {
  readonly retryable = false;

  constructor(
    readonly code: CryptoErrorCode,
    message: string,
  ) {
    super(message);
    this.name = "CryptoError";
  }
}
