import type { JsonObject } from "@dovetail/domain";
import { Free, Nested, OneOf, Text, Whole } from "./fields";

/** The data of a MES module's request: the whole record, or a patch of what it last saw. */
export class MesData {
  @Text({ max: 60 })
  entityType!: string;

  @Text({ max: 500 })
  key!: string;

  @Free({ optional: true })
  record?: JsonObject;

  @Free({ optional: true })
  patch?: JsonObject;

  @Whole({ optional: true })
  baseVersion?: number;
}

/** A MES module's request on `mes.<tenant>.<entity>.<op>`: CloudEvents 1.0; (tenant, source, id) is its identity. */
export class MesRequest {
  @OneOf(["1.0"])
  specversion!: "1.0";

  @Text({ max: 200 })
  id!: string;

  @Text({ max: 100 })
  type!: string;

  @Text({ max: 200, description: "the module; with id the identity of the request" })
  source!: string;

  @Text({ optional: true, max: 500 })
  subject?: string;

  @Text({ optional: true, max: 40 })
  time?: string;

  @Text({ optional: true, max: 40 })
  datacontenttype?: string;

  @Text({ optional: true, max: 40 })
  tenant?: string;

  @Text({ optional: true, max: 100 })
  traceparent?: string;

  @Whole({ optional: true, description: "the module's counter per key" })
  seq?: number;

  @Nested(() => MesData)
  data!: MesData;
}

export interface MesAnswer {
  accepted: true;
  duplicate: boolean;
  version: number;
  transactionIds: string[];
}
