import { Inject, Injectable } from "@nestjs/common";
import { integrationConfig, ProblemError, type CallContext, type NoticeBody } from "@dovetail/contracts";
import { constantTimeEqual, decrypt, encrypt, KeyRing, randomToken, sha256Hex } from "@dovetail/crypto";
import { uuidv7 } from "@dovetail/domain";
import { BusLink } from "../bus/bus-link";
import type { GatewayConfig } from "../config";
import { RateLimits } from "../http/rate-limits";
import { CONFIG, KEYS } from "../tokens";
import { deliveryIdOf, type IncomingNotice, type NoticeAnswer, type NoticeTarget, type WebhookAddress } from "./notice";
import { NoticeRepository, type FoundWebhook, type StoredSecret } from "./notice.repository";

/** Takes notices of ERPs in: stored, encrypted, before they are acknowledged; no bus is needed for that. */
@Injectable()
export class NoticeService {
  constructor(
    private readonly notices: NoticeRepository,
    private readonly bus: BusLink,
    private readonly limits: RateLimits,
    @Inject(KEYS) private readonly ring: KeyRing,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** Throws NOT_FOUND for an unknown integration and a wrong secret alike, LIMITED. */
  async receive(reference: string, secret: string, notice: IncomingNotice): Promise<NoticeAnswer> {
    const found = await this.notices.webhook(reference);
    if (!found || !isGood(found, sha256Hex(secret)))
      throw new ProblemError("NOT_FOUND", "No integration takes notices at this address.");
    this.limits.takeNotice(found.integrationId);
    const id = uuidv7();
    const content = JSON.stringify({ headers: notice.headers, body: notice.body.toString("base64") });
    return this.notices.store(found, {
      id,
      digest: sha256Hex(notice.body),
      deliveryId: deliveryIdOf(notice.headers),
      content: encrypt(this.ring, content, contextOf(found.tenantId, id)),
    });
  }

  /** Throws NOT_FOUND. */
  async read(tenantId: string, id: string): Promise<NoticeBody> {
    const stored = await this.notices.get(tenantId, id);
    if (!stored) throw new ProblemError("NOT_FOUND", "There is no notice with this id.");
    const { integrationId, receivedAt } = stored;
    const clear = decrypt(this.ring, stored.content, contextOf(tenantId, stored.id)).toString("utf8");
    const { headers, body } = JSON.parse(clear) as Pick<NoticeBody, "headers" | "body">;
    return { id: stored.id, integrationId, headers, body, receivedAt };
  }

  /** The address that the ERP posts to. Throws NOT_FOUND when none was made yet. */
  async address(caller: CallContext, integration: string): Promise<WebhookAddress> {
    const target = await this.targetOf(caller, integration);
    const stored = await this.notices.secret(caller.tenantId, target.integrationId);
    if (!stored) throw new ProblemError("NOT_FOUND", "The integration has no webhook secret; POST makes one.");
    return this.addressOf(target, stored);
  }

  /** A new address; the one before it works for 24 hours more. */
  async rotate(caller: CallContext, integration: string): Promise<WebhookAddress> {
    const target = await this.targetOf(caller, integration);
    const secret = randomToken(24);
    const encrypted = encrypt(this.ring, secret, secretContext(target));
    return this.addressOf(target, await this.notices.rotate(target, { hash: sha256Hex(secret), encrypted }));
  }

  private async targetOf(caller: CallContext, integration: string): Promise<NoticeTarget> {
    const { id, name } = await this.bus.call(integrationConfig.get, caller, { id: integration });
    return { tenantId: caller.tenantId, tenant: caller.tenant, integrationId: id, integration: name };
  }

  private addressOf(target: NoticeTarget, stored: StoredSecret): WebhookAddress {
    const secret = decrypt(this.ring, stored.secret, secretContext(target)).toString("utf8");
    const base = this.config.PLATFORM_URL.replace(/\/+$/, "");
    const url = `${base}/api/v1/webhooks/inbound/${target.tenant}.${target.integration}/${secret}`;
    return { url, rotatedAt: stored.rotatedAt, previousUntil: stored.previousUntil };
  }
}

function isGood(found: FoundWebhook, hash: string): boolean {
  if (constantTimeEqual(hash, found.hash)) return true;
  const { previousHash, previousUntil } = found;
  if (previousHash === null || previousUntil === null || Date.parse(previousUntil) < Date.now()) return false;
  return constantTimeEqual(hash, previousHash);
}

function contextOf(tenantId: string, id: string): string {
  return `notice/${tenantId}/${id}`;
}

function secretContext(target: NoticeTarget): string {
  return `webhook-secret/${target.tenantId}/${target.integrationId}`;
}
