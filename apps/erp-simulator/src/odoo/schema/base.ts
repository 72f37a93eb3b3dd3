import { ACTIVITY, THREAD } from "./mixins";
import type { ModelSource } from "./notation";

/** Partners, users, companies, currencies, countries and the technical models. */
export const BASE: ModelSource[] = [
  {
    name: "res.partner",
    label: "Contact",
    order: "display_name",
    fields: `
name char "Name"
complete_name char-~ "Complete Name" @17-
date date "Date" @-18
title many2one(res.partner.title) "Title" @-18
parent_id many2one(res.partner) "Related Company"
parent_name char-~ "Parent name"
child_ids one2many(res.partner:parent_id) "Contact"
ref char "Reference"
lang selection(en_US:English) "Language"
tz selection(UTC|Europe/Brussels|Asia/Singapore) "Timezone"
tz_offset char-~ "Timezone offset"
user_id many2one(res.users) "Salesperson"
vat char "Tax ID"
company_registry char "Company ID" @17-
bank_ids one2many(res.partner.bank) "Banks"
website char "Website Link"
comment text "Notes" @-14
comment html "Notes" @17-
category_id many2many(res.partner.category) "Tags"
active boolean "Active"
employee boolean "Employee"
function char "Job Position"
type selection(contact|invoice:Invoice Address|delivery:Delivery Address|other:Other Address) "Address Type"
street char "Street"
street2 char "Street2"
zip char "Zip"
city char "City"
state_id many2one(res.country.state) "State"
country_id many2one(res.country) "Country"
country_code char-~ "Country Code" @17-
partner_latitude float "Geo Latitude"
partner_longitude float "Geo Longitude"
email char "Email"
email_formatted char-~ "Formatted Email"
email_normalized char- "Normalized Email"
phone char "Phone"
mobile char "Mobile" @-18
is_company boolean "Is a Company"
industry_id many2one(res.partner.industry) "Industry"
company_type selection(person:Individual|company:Company)~ "Company Type"
company_id many2one(res.company) "Company"
color integer "Color Index"
user_ids one2many(res.users:partner_id) "Users"
partner_share boolean- "Share Partner"
contact_address char-~ "Complete Address"
commercial_partner_id many2one(res.partner)-~ "Commercial Entity"
commercial_company_name char-~ "Company Name Entity"
company_name char "Company Name"
barcode char "Barcode"
image_1920 binary "Image"
image_1024 binary- "Image 1024"
image_512 binary- "Image 512"
image_256 binary- "Image 256"
image_128 binary- "Image 128"
credit monetary-~ "Total Receivable"
credit_limit float "Credit Limit"
debit monetary-~ "Total Payable"
total_invoiced monetary-~ "Total Invoiced"
currency_id many2one(res.currency)-~ "Currency"
property_account_payable_id many2one(account.account) "Account Payable"
property_account_receivable_id many2one(account.account) "Account Receivable"
property_account_position_id many2one(account.fiscal.position) "Fiscal Position"
property_payment_term_id many2one(account.payment.term) "Customer Payment Terms"
property_supplier_payment_term_id many2one(account.payment.term) "Vendor Payment Terms"
property_purchase_currency_id many2one(res.currency) "Supplier Currency"
property_stock_customer many2one(stock.location) "Customer Location"
property_stock_supplier many2one(stock.location) "Vendor Location"
ref_company_ids one2many(res.company:partner_id) "Companies that refers to partner"
supplier_invoice_count integer-~ "# Vendor Bills"
invoice_ids one2many(account.move:partner_id)- "Invoices"
trust selection(good:Good Debtor|normal:Normal Debtor|bad:Bad Debtor) "Degree of trust you have in this debtor"
supplier_rank integer "Supplier Rank"
customer_rank integer "Customer Rank"
purchase_order_count integer-~ "Purchase Order Count"
purchase_line_ids one2many(purchase.order.line:partner_id) "Purchase Lines"
receipt_reminder_email boolean "Receipt Reminder"
reminder_date_before_receipt integer "Days Before Receipt"
on_time_rate float-~ "On-Time Delivery Rate"
sale_order_count integer-~ "Sale Order Count"
sale_order_ids one2many(sale.order:partner_id) "Sales Order"
global_location_number char "GLN" @17-
peppol_endpoint char "Peppol Endpoint" @17-
${ACTIVITY}${THREAD}`,
  },
  {
    name: "res.users",
    label: "User",
    order: "login",
    fields: `
name char~ "Name"
login char! "Login"
email char~ "Email"
active boolean "Active"
share boolean- "Share User"
partner_id many2one(res.partner:restrict)! "Related Partner"
company_id many2one(res.company)! "Company"
`,
  },
  {
    name: "res.company",
    label: "Companies",
    order: "sequence, name",
    fields: `
name char! "Company Name"
sequence integer "Sequence"
active boolean "Active" @16-
partner_id many2one(res.partner:restrict)! "Partner"
currency_id many2one(res.currency)! "Currency"
parent_id many2one(res.company) "Parent Company"
email char "Email"
phone char "Phone"
country_id many2one(res.country) "Country"
`,
  },
  {
    name: "res.currency",
    label: "Currency",
    order: "active desc, name",
    fields: `
name char! "Currency"
full_name char "Name" @15-
symbol char! "Symbol"
rounding float "Rounding Factor"
decimal_places integer- "Decimal Places"
position selection(after:After Amount|before:Before Amount) "Symbol Position"
active boolean "Active"
rate float-~ "Current Rate"
`,
  },
  {
    name: "res.country",
    label: "Country",
    order: "name",
    fields: 'name char! "Country Name"\ncode char "Country Code"',
  },
  {
    name: "res.partner.category",
    label: "Partner Tags",
    order: "name",
    fields: 'name char! "Tag Name"\nactive boolean "Active"',
  },
  {
    name: "ir.model",
    label: "Models",
    order: "model",
    fields: `
name char! "Model Description"
model char! "Model"
transient boolean "Transient Model"
state selection(manual:Custom Object|base:Base Object)- "Type"
field_id one2many(ir.model.fields:model_id) "Fields"
`,
  },
  {
    name: "ir.model.fields",
    label: "Fields",
    order: "name",
    fields: `
name char! "Field Name"
model char! "Model"
model_id many2one(ir.model:cascade)! "Model"
field_description char! "Field Label"
ttype char! "Field Type"
relation char "Object Relation"
required boolean "Required"
readonly boolean "Readonly"
`,
  },
  {
    name: "base.automation",
    label: "Automation Rule",
    order: "id",
    since: 17,
    fields: `
name char! "Automation Rule Name"
model_id many2one(ir.model:cascade)! "Model"
active boolean "Active"
trigger selection(on_create_or_write:On create and edit|on_create:On create|on_write:On update)! "Trigger"
action_server_ids one2many(ir.actions.server:base_automation_id) "Actions"
`,
  },
  {
    name: "ir.actions.server",
    label: "Server Actions",
    order: "sequence, name, id",
    since: 17,
    fields: `
name char! "Action Name"
sequence integer "Sequence"
model_id many2one(ir.model:cascade)! "Model"
state selection(object_write:Update Record|webhook:Send Webhook Notification|code:Execute Code)! "Type"
usage selection(ir_actions_server:Server Action|base_automation:Automation Rule)! "Usage"
base_automation_id many2one(base.automation:cascade) "Automation Rule"
webhook_url char "Webhook URL"
webhook_field_ids many2many(ir.model.fields) "Webhook Fields"
`,
  },
  {
    name: "mail.message",
    label: "Message",
    order: "id desc",
    fields: `
subject char "Subject"
date datetime "Date"
body html "Contents"
message_type selection(email|comment|notification:System notification|auto_comment:Automated)! "Type"
model char "Related Document Model"
res_id integer "Related Document ID"
author_id many2one(res.partner) "Author"
`,
  },
];
