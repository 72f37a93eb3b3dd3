import { applyDecorators, Body, Controller, Delete, Get, Param, Patch, Put, Query, Req, Res } from "@nestjs/common";
import { ApiBody, ApiParam } from "@nestjs/swagger";
import {
  OneOf,
  PageQuery,
  sync,
  Text,
  type CallContext,
  type Page,
  type RecordView,
  type Transaction,
  type WriteRecord,
} from "@dovetail/contracts";
import type { FastifyReply } from "fastify";
import { Asking, Caller, callerOf, type IdentifiedRequest, type Principal } from "../auth/principal";
import { Requires } from "../auth/requires";
import { BusLink } from "../bus/bus-link";
import { Describe } from "../docs/describe";
import { entityNamed } from "../http/entity-name";
import { jsonObject } from "../http/json-object";
import { IdempotencyKey, IfMatch, tag } from "../http/preconditions";
import { RecordLookups } from "./record-lookups";

class RecordQuery extends PageQuery {
  @Text({ optional: true, max: 200, description: "only keys that begin with this" })
  prefix?: string;

  @OneOf(["true", "false"], { optional: true, description: "tombstones too" })
  includeDeleted?: string;
}

interface RecordRequest extends IdentifiedRequest {
  params: { entityType: string; key: string };
}

/** Answer of a write. */
interface Written {
  record: RecordView;
  transactions: Transaction[];
}

const RECORD = { type: "object", additionalProperties: true, description: "see the schema <entityType>Record" };
const WRITE_PROBLEMS = ["NOT_FOUND", "ERP008", "STALE", "CONFLICT"] as const;

/** The path of one record. */
const AtKey = (): MethodDecorator =>
  applyDecorators(ApiParam({ name: "entityType", type: String }), ApiParam({ name: "key", type: String }));

/** `/erp/records`: the record store. Answers go out as the sync-engine gave them. */
@Controller("api/v1/erp/records/:entityType")
export class RecordController {
  constructor(
    private readonly bus: BusLink,
    private readonly lookups: RecordLookups,
  ) {}

  @Get()
  @Requires("erp:view")
  @Describe({ summary: "List records of one entity by key", page: "RecordView", problems: ["NOT_FOUND", "ERP008"] })
  list(
    @Caller() caller: CallContext,
    @Param("entityType") entity: string,
    @Query() { includeDeleted, ...query }: RecordQuery,
  ): Promise<Page<RecordView>> {
    const entityType = entityNamed(entity);
    const deleted = includeDeleted === undefined ? {} : { includeDeleted: includeDeleted === "true" };
    return this.bus.call(sync.records, caller, { entityType, ...query, ...deleted });
  }

  /** The hot read: request and reply themselves, since every other parameter goes through the pipes by promises. */
  @Get(":key")
  @AtKey()
  @Requires("erp:view")
  @Describe({ summary: "Read one record", answer: "RecordView", problems: ["NOT_FOUND"] })
  async get(@Req() request: RecordRequest, @Res() reply: FastifyReply): Promise<void> {
    const { entityType, key } = request.params;
    const record = await this.lookups.find(callerOf(request), entityNamed(entityType), key);
    tag(reply, record.version);
    reply.type("application/json; charset=utf-8").send(record.text);
  }

  @Put(":key")
  @AtKey()
  @Requires("erp:update")
  @ApiBody({ schema: RECORD })
  @Describe({
    summary: "Store a whole record; it goes to every outbound integration",
    answer: "Written",
    status: 202,
    ifMatch: true,
    idempotent: true,
    problems: WRITE_PROBLEMS,
  })
  put(
    @Asking() principal: Principal,
    @Param() place: { entityType: string; key: string },
    @Body() body: unknown,
    @IfMatch() ifVersion: number | undefined,
    @IdempotencyKey() eventId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    return this.write(
      principal,
      { ...placed(place), op: "put", body: jsonObject(body) },
      { ifVersion, eventId, reply },
    );
  }

  @Patch(":key")
  @AtKey()
  @Requires("erp:update")
  @ApiBody({ schema: RECORD })
  @Describe({
    summary: "Change members of a record (JSON merge patch, RFC 7386)",
    answer: "Written",
    status: 202,
    ifMatch: true,
    idempotent: true,
    problems: WRITE_PROBLEMS,
  })
  patch(
    @Asking() principal: Principal,
    @Param() place: { entityType: string; key: string },
    @Body() body: unknown,
    @IfMatch() ifVersion: number | undefined,
    @IdempotencyKey() eventId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    return this.write(
      principal,
      { ...placed(place), op: "patch", body: jsonObject(body) },
      { ifVersion, eventId, reply },
    );
  }

  @Delete(":key")
  @AtKey()
  @Requires("erp:delete")
  @Describe({
    summary: "Mark a record deleted",
    answer: "Written",
    status: 202,
    ifMatch: true,
    idempotent: true,
    problems: WRITE_PROBLEMS,
  })
  remove(
    @Asking() principal: Principal,
    @Param() place: { entityType: string; key: string },
    @IfMatch() ifVersion: number | undefined,
    @IdempotencyKey() eventId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    return this.write(principal, { ...placed(place), op: "delete" }, { ifVersion, eventId, reply });
  }

  private async write(
    principal: Principal,
    change: WriteRecord,
    request: { ifVersion: number | undefined; eventId: string | undefined; reply: FastifyReply },
  ): Promise<Written> {
    const { ifVersion, eventId, reply } = request;
    const { record, transactions, duplicate } = await this.bus.call(sync.write, principal.context, {
      ...change,
      ...(ifVersion === undefined ? {} : { ifVersion }),
      ...(eventId === undefined ? {} : { eventId, sender: principal.sender }),
    });
    tag(reply, record.version);
    if (duplicate) reply.header("idempotency-replayed", "true");
    return { record, transactions };
  }
}

function placed({ entityType, key }: { entityType: string; key: string }): Pick<WriteRecord, "entityType" | "key"> {
  return { entityType: entityNamed(entityType), key };
}
