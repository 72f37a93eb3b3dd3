import {
  AUTH_METHODS,
  CREDENTIAL_FIELDS,
  Free,
  IntegrationSettings,
  NewIntegration,
  OneOf,
  Text,
} from "@dovetail/contracts";
import { ApiPropertyOptional } from "@nestjs/swagger";
import { IsOptional, IsString, MaxLength } from "class-validator";

type Constructor<T> = new () => T;

/** Long enough for a private key with its certificate. */
const LONGEST_CREDENTIAL = 20_000;

/** Declares the credential members and the aliases of the guide on a body class. */
function withCredentials<T extends object>(base: Constructor<T>): Constructor<T & CredentialMembers> {
  class Body extends (base as Constructor<object>) {}
  for (const field of CREDENTIAL_FIELDS) {
    for (const decorate of [
      ApiPropertyOptional({ type: String, writeOnly: true, description: "credential: stored sealed, never shown" }),
      IsOptional(),
      IsString(),
      MaxLength(LONGEST_CREDENTIAL),
    ])
      decorate(Body.prototype, field);
  }
  Text({ optional: true, max: 2000, description: "alias of apiEndpoint" })(Body.prototype, "baseUrl");
  OneOf(AUTH_METHODS, { optional: true, description: "alias of authMethod" })(Body.prototype, "authType");
  Free({ optional: true, description: "the credential members, if not beside the others" })(
    Body.prototype,
    "credentials",
  );
  return Body as unknown as Constructor<T & CredentialMembers>;
}

/** What a body may have beside the integration's own members. */
export interface CredentialMembers {
  baseUrl?: string;
  authType?: string;
  credentials?: Record<string, unknown>;
}

/** POST /erp/integrations. */
export class IntegrationBody extends withCredentials(NewIntegration) {}

/** PATCH /erp/integrations/:integration. */
export class IntegrationPatchBody extends withCredentials(IntegrationSettings) {}
