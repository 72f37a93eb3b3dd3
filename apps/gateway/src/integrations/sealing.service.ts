import { Inject, Injectable } from "@nestjs/common";
import {
  credentialContext,
  sync,
  type CallContext,
  type CredentialField,
  type SealedCredentials,
  type SealingKeyAnswer,
} from "@dovetail/contracts";
import { sealFor } from "@dovetail/crypto";
import type { JsonObject } from "@dovetail/domain";
import type { Clock } from "@dovetail/resilience";
import { BusLink } from "../bus/bus-link";
import { CLOCK } from "../tokens";

/** The key changes when an operator rotates it; the old one still opens. */
const KEY_BELIEVED_MS = 60_000;

/** Seals credentials to the sync-engine: nobody between, and nobody else, can open them. */
@Injectable()
export class SealingService {
  private key: { answer: SealingKeyAnswer; until: number } | undefined;

  constructor(
    private readonly bus: BusLink,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Throws UNAVAILABLE when the sync-engine's key is not known and cannot be asked for. */
  async seal(
    caller: CallContext,
    integration: string,
    credentials: Partial<Record<CredentialField, string>>,
  ): Promise<SealedCredentials> {
    const key = await this.currentKey(caller);
    const box = sealFor(key, JSON.stringify(credentials), credentialContext(caller.tenantId, integration));
    return { box: { ...box } as JsonObject, summary: { set: Object.keys(credentials).sort() } };
  }

  private async currentKey(caller: CallContext): Promise<SealingKeyAnswer> {
    const now = this.clock.monotonic();
    if (!this.key || this.key.until < now)
      this.key = { answer: await this.bus.call(sync.sealingKey, caller, {}), until: now + KEY_BELIEVED_MS };
    return this.key.answer;
  }
}
