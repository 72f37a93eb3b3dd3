import { Injectable } from "@nestjs/common";
import { integrationConfig, type CallContext, type Integration } from "@dovetail/contracts";
import { BusLink } from "../bus/bus-link";
import type { IntegrationBody, IntegrationPatchBody } from "./integration-body";
import { SealingService } from "./sealing.service";
import { splitCredentials } from "./split-credentials";

/** Makes and changes integrations: credentials are sealed here and go on as a box. */
@Injectable()
export class IntegrationService {
  constructor(
    private readonly bus: BusLink,
    private readonly sealing: SealingService,
  ) {}

  async create(caller: CallContext, body: IntegrationBody): Promise<Integration> {
    const { settings, credentials } = splitCredentials(body);
    const sealed = credentials && (await this.sealing.seal(caller, settings.name, credentials));
    return this.bus.call(integrationConfig.create, caller, {
      integration: settings,
      ...(sealed ? { credentials: sealed } : {}),
    });
  }

  /** New credentials replace the whole set. They are bound to the integration's name, which is read first. */
  async change(
    caller: CallContext,
    id: string,
    body: IntegrationPatchBody,
    ifVersion: number | undefined,
  ): Promise<Integration> {
    const { settings, credentials } = splitCredentials(body);
    const name = credentials && (await this.bus.call(integrationConfig.get, caller, { id })).name;
    const sealed = credentials && name !== undefined && (await this.sealing.seal(caller, name, credentials));
    return this.bus.call(integrationConfig.update, caller, {
      id,
      patch: settings,
      ...(sealed ? { credentials: sealed } : {}),
      ...(ifVersion === undefined ? {} : { ifVersion }),
    });
  }
}
