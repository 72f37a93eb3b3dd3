import type { EntityName } from "@dovetail/domain";
import type { EntityPort } from "@dovetail/adapter-sdk";
import type { Claim } from "@dovetail/database";
import type { Account } from "../accounts/account";
import type { Session } from "../accounts/session.service";

/** What a worker has in hand: one link and the right to work on it. */
export interface PushTurn {
  claim: Claim;
  account: Account;
  entity: EntityName;
  key: string;
  port: EntityPort<unknown>;
  session: Session;
}
