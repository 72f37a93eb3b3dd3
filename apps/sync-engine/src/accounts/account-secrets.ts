import { credentialContext } from "@dovetail/contracts";
import { KeyRing, openText, type SealedBox } from "@dovetail/crypto";
import type { JsonObject } from "@dovetail/domain";
import { Injectable } from "@nestjs/common";
import { TokenService } from "../oauth/token.service";
import type { Account } from "./account";

/** What opens an account's door: the credentials that a person gave, and the tokens that the ERP gave for them. */
@Injectable()
export class AccountSecrets {
  constructor(
    private readonly keys: KeyRing,
    readonly tokens: TokenService,
  ) {}

  /** In clear; for the adapter alone. */
  credentials(account: Account): JsonObject {
    if (account.sealed === null) return {};
    const context = credentialContext(account.tenantId, account.name);
    return JSON.parse(openText(account.sealed as unknown as SealedBox, this.keys, context)) as JsonObject;
  }
}
