/** What the template for PostgreSQL asks an ERP to have: views to read and tables to write, here over small tables. */
export const PURCHASING_SQL = `
  create table dovetail_suppliers (supplier_number text primary key, name text, tax_id text, email text, phone text,
    currency text, payment_terms text, street text, city text, postal_code text, country text, modified_at timestamptz default now());
  create table dovetail_parts (part_number text primary key, name text, description text, unit text, currency text,
    standard_cost numeric(18,2), supplier_number text, modified_at timestamptz default now());
  create table orders (po_number text primary key, supplier_number text, status text, order_date timestamptz,
    expected_date timestamptz, buyer text, currency text, total_amount numeric(18,2), modified_at timestamptz default now());
  create table dovetail_order_lines (po_number text, line_number int, part_number text, description text, quantity numeric(18,0),
    unit text, unit_price numeric(18,2), line_total numeric(18,2));
  create view dovetail_orders as select o.*,
    (select count(*) from dovetail_order_lines l where l.po_number = o.po_number) line_count from orders o;

  create table dovetail_order_in (reference text unique, operation text, po_number text, supplier_number text, status text,
    order_date timestamptz, expected_date timestamptz, buyer text, currency text, total_amount numeric(18,2),
    status_code text, error_text text, erp_number text);
  create table dovetail_order_lines_in (reference text, line_number text, part_number text, description text, quantity numeric,
    unit text, unit_price numeric, line_total numeric);
  create table dovetail_receipt_in (reference text unique, receipt_number text, po_number text, receipt_date timestamptz,
    delivery_note text, status_code text, error_text text, erp_number text);
  create table dovetail_receipt_lines_in (reference text, line_number text, po_line_number text, part_number text,
    quantity numeric, unit text, lot text, serial_number text);

  insert into dovetail_suppliers (supplier_number, name, currency) values ('S-1', 'Müller & Söhne', 'EUR');
  insert into dovetail_parts (part_number, name, unit, standard_cost, supplier_number) values ('B-8', 'Bolt M8', 'EA', 1.25, 'S-1');
  insert into orders (po_number, supplier_number, status, order_date, buyer, currency, total_amount)
    values ('PO-1', 'S-1', 'APPROVED', '2026-11-02T08:00:00Z', 'Ada', 'EUR', 33.75);
  insert into dovetail_order_lines values ('PO-1', 1, 'B-8', 'Bolt M8', 27, 'EA', 1.25, 33.75);
`;
