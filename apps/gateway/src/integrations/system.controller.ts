import { Controller, Get, Param } from "@nestjs/common";
import {
  systems,
  type CallContext,
  type ConnectionTemplate,
  type Page,
  type SystemDescription,
} from "@dovetail/contracts";
import { Caller } from "../auth/principal";
import { Requires } from "../auth/requires";
import { BusLink } from "../bus/bus-link";
import { Describe } from "../docs/describe";

/** `/erp/systems`: the ERPs that can be connected. */
@Controller("api/v1/erp/systems")
export class SystemController {
  constructor(private readonly bus: BusLink) {}

  @Get()
  @Requires("erp:view")
  @Describe({ summary: "The ERPs that can be connected and what each can do", list: "SystemDescription" })
  async list(@Caller() caller: CallContext): Promise<Page<SystemDescription>> {
    return { items: await this.bus.call(systems.list, caller, {}), next: null };
  }

  @Get(":code")
  @Requires("erp:view")
  @Describe({ summary: "One ERP", answer: "SystemDescription", problems: ["NOT_FOUND"] })
  get(@Caller() caller: CallContext, @Param("code") code: string): Promise<SystemDescription> {
    return this.bus.call(systems.get, caller, { id: code.toUpperCase() });
  }

  @Get(":code/templates")
  @Requires("erp:view")
  @Describe({
    summary: "Connections made ready for an ERP: what `template` of a new integration begins with",
    list: "ConnectionTemplate",
    problems: ["NOT_FOUND"],
  })
  async templates(@Caller() caller: CallContext, @Param("code") code: string): Promise<Page<ConnectionTemplate>> {
    return { items: await this.bus.call(systems.templates, caller, { id: code.toUpperCase() }), next: null };
  }
}
