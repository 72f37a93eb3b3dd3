import { Client, type ClientBase } from "pg";
import { type SqlErpPlace, urlFor } from "./place";
import { seedTables } from "./seed";

const TABLES = `
  create sequence vendor_numbers start 100001;
  create sequence item_numbers start 700001;
  create sequence order_numbers start 4500000001;
  create sequence interface_rows;

  create table vendor (
    vendor_no bigint primary key default nextval('vendor_numbers'), group_no text not null unique, name text not null,
    phone text, email text, blocked boolean not null default false, changed_at timestamptz not null default clock_timestamp());
  create table item (
    item_no bigint primary key default nextval('item_numbers'), mat_code text not null unique, description text not null,
    uom text not null, std_cost numeric(14,4), changed_at timestamptz not null default clock_timestamp());
  create table stock (
    item_no bigint not null references item, site text not null, qty numeric(14,4) not null check (qty >= 0), uom text not null,
    changed_at timestamptz not null default clock_timestamp(), primary key (item_no, site));
  create table purchase_order (
    po_no bigint primary key default nextval('order_numbers'), po_ref text not null unique, vendor_no bigint not null references vendor,
    currency text not null, status text not null default 'OPEN', order_date timestamptz, expected_date timestamptz, remark text,
    total numeric(18,4) not null default 0, changed_at timestamptz not null default clock_timestamp());
  create table purchase_order_line (
    po_no bigint not null references purchase_order, line_no text not null, item_no bigint not null references item,
    qty numeric(14,4) not null, uom text, unit_price numeric(14,4) not null default 0,
    changed_at timestamptz not null default clock_timestamp(), primary key (po_no, line_no));
`;

/** Every interface row has a number of one sequence: the worker takes them up in the order in which they came. */
const HEAD =
  "if_id bigint primary key default nextval('interface_rows'), ext_ref text not null unique, action text not null, " +
  "status text not null default 'NEW' check (status in ('NEW', 'DONE', 'ERROR')), message text, " +
  "created_at timestamptz not null default clock_timestamp(), taken_at timestamptz";

const INTERFACE = `
  create table if_vendor (${HEAD}, vendor_no bigint, group_no text, name text, phone text, email text);
  create table if_item (${HEAD}, item_no bigint, mat_code text, description text, uom text, std_cost numeric);
  create table if_purchase_order (${HEAD}, po_no bigint, po_ref text, vendor_no bigint, currency text,
    order_date timestamptz, expected_date timestamptz, remark text);
  create table if_purchase_order_line (
    ext_ref text not null references if_purchase_order (ext_ref), line_no text not null, item_no bigint, qty numeric, uom text,
    unit_price numeric, primary key (ext_ref, line_no));
  create function tell_worker() returns trigger language plpgsql as $$ begin notify interface_row; return null; end $$;
  create trigger told after insert on if_vendor execute function tell_worker();
  create trigger told after insert on if_item execute function tell_worker();
  create trigger told after insert on if_purchase_order execute function tell_worker();
`;

const JOURNAL = `
  create table journal (
    seq bigint generated always as identity primary key, at timestamptz not null default clock_timestamp(),
    document text not null, action text not null check (action in ('created', 'changed', 'refused')), doc_no bigint,
    if_id bigint not null, ext_ref text not null, detail jsonb not null, unique (if_id));
  create function append_only() returns trigger language plpgsql as $$
    begin raise exception 'the journal is only appended to'; end $$;
  create trigger append_only before update or delete or truncate on journal execute function append_only();
`;

const VIEWS = `
  create view v_vendor as select vendor_no, group_no, name, phone, email, changed_at from vendor;
  create view v_item as select item_no, mat_code, description, uom, std_cost, changed_at from item;
  create view v_stock as select item_no, site, qty, uom, changed_at from stock;
  create view v_purchase_order as
    select o.po_no, o.po_ref, o.vendor_no, o.currency, o.status, o.order_date, o.expected_date, o.remark, o.total, o.changed_at,
      (select count(*) from purchase_order_line l where l.po_no = o.po_no) as line_count
    from purchase_order o;
  create view v_purchase_order_line as
    select po_no, line_no, item_no, qty, uom, unit_price, qty * unit_price as line_total, changed_at from purchase_order_line;
`;

/** What may be shown of the ERP, in the order in which a person would look. */
export const SHOWN_TABLES = [
  "purchase_order",
  "purchase_order_line",
  "if_purchase_order",
  "if_purchase_order_line",
  "vendor",
  "if_vendor",
  "item",
  "if_item",
  "stock",
  "journal",
] as const;

/** Makes tables, views and rights and fills them with the demo's data, once: later calls find them. */
export async function makeTables(place: SqlErpPlace, seed: number): Promise<void> {
  const client = new Client(urlFor(place, place.owner));
  await client.connect();
  try {
    const { rows } = await client.query<{ there: boolean }>("select to_regclass('journal') is not null as there");
    if (rows[0]?.there) return;
    await client.query("begin");
    await client.query(TABLES + INTERFACE + JOURNAL + VIEWS);
    await giveRights(client, place.client.user);
    await seedTables(client, seed);
    await client.query("commit");
  } finally {
    await client.end();
  }
}

async function giveRights(client: ClientBase, user: string): Promise<void> {
  const name = client.escapeIdentifier(user);
  await client.query(`
    grant select on v_vendor, v_item, v_stock, v_purchase_order, v_purchase_order_line to ${name};
    grant select, insert on if_vendor, if_item, if_purchase_order, if_purchase_order_line to ${name};
    grant usage on sequence interface_rows to ${name};
  `);
}
