import { checkedSchema } from "./connection-options";
import { roleName } from "./service-schema";

/**
 * The table of claimable work, for a migration of the schema. One row per (tenant, kind, id). `priority`: smaller first.
 * `lease_until` is null while nobody works on it. `again`: asked for anew while it was being worked on.
 * Epochs come from one sequence, so that none returns when a row is deleted and made again.
 */
export function WORK_TABLE_SQL(schema: string): string {
  const name = checkedSchema(schema);
  const dispatch = roleName(schema, "dispatch");
  return `
create sequence ${name}.work_epochs as bigint;
create table ${name}.work (
  tenant_id uuid not null,
  kind text not null,
  id text not null,
  due_at timestamptz not null default clock_timestamp(),
  priority smallint not null default 5,
  lease_until timestamptz,
  owner text,
  epoch bigint not null default 0,
  again boolean not null default false,
  primary key (tenant_id, kind, id)
) with (fillfactor = 70);
create index work_due on ${name}.work (priority, due_at) where lease_until is null;
create index work_leased on ${name}.work (lease_until) where lease_until is not null;
grant usage on sequence ${name}.work_epochs to ${dispatch};
`;
}

/** The table of requests known by (sender, event id), for a migration of the schema. See rememberRequest. */
export function REQUESTS_TABLE_SQL(schema: string): string {
  const name = checkedSchema(schema);
  return `
create table ${name}.requests (
  tenant_id uuid not null,
  sender text not null,
  event_id text not null,
  body_hash text not null,
  result jsonb,
  at timestamptz not null default now(),
  primary key (tenant_id, sender, event_id)
);
create index requests_at on ${name}.requests (at);
`;
}
