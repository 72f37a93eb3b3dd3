import type { EntityName, JsonObject } from "@dovetail/domain";
import type { TenantWorld } from "../../tenant-world";
import type { ErpHistory } from "../history";

/** A person's write in an ERP, in canonical names. */
export interface PersonsWrite {
  operation: string;
  entity: EntityName;
  key: string;
  action: "create" | "update" | "delete";
  fields: JsonObject;
  /** The write commits so many milliseconds after its stamp. */
  lateCommitMs?: number;
}

/** A simulated ERP of a run; it is never killed. */
export interface ChaosErp {
  readonly integration: string;
  /** Entities that are read from it, parents first. */
  readonly inbound: readonly EntityName[];
  /** Registers it with the tenant. */
  connect(tenant: TenantWorld): Promise<void>;
  /** Answers the journal's number. Throws when the ERP refused it. */
  write(write: PersonsWrite): Promise<number>;
  /** Keys of documents that stand there now. */
  keys(entity: EntityName): string[] | Promise<string[]>;
  /** No fault strikes any more. */
  heal(): void;
  /** Committed writes until now: when it stands still, nothing is on its way. */
  size(): number | Promise<number>;
  history(): Promise<ErpHistory>;
  stop(): Promise<void>;
}
