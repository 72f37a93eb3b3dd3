import { ACTIVITY, PORTAL, THREAD } from "./mixins";
import type { ModelSource } from "./notation";

const ACCOUNT_TYPES =
  "asset_receivable:Receivable|asset_cash:Bank and Cash|asset_current:Current Assets|asset_fixed:Fixed Assets|liability_payable:Payable|liability_current:Current Liabilities|equity|income|income_other:Other Income|expense:Expenses|expense_direct_cost:Cost of Revenue";
const MOVE_TYPES =
  "entry:Journal Entry|out_invoice:Customer Invoice|out_refund:Customer Credit Note|in_invoice:Vendor Bill|in_refund:Vendor Credit Note|out_receipt:Sales Receipt|in_receipt:Purchase Receipt";

/** Accounts, journals, taxes, journal entries and payments. */
export const ACCOUNT: ModelSource[] = [
  {
    name: "account.account.type",
    label: "Account Type",
    until: 15,
    fields: 'name char! "Account Type"\ntype selection(other:Regular|receivable|payable|liquidity)! "Type"',
  },
  {
    name: "account.account",
    label: "Account",
    order: "code",
    fields: `
name char! "Account Name"
code char! "Code"
currency_id many2one(res.currency) "Account Currency"
user_type_id many2one(account.account.type)! "Type" @-15
internal_type selection(other:Regular|receivable|payable|liquidity)-~ "Internal Type" @-15
internal_group selection(equity|asset|liability|income|expense|off_balance:Off Balance)-~ "Internal Group"
account_type selection(${ACCOUNT_TYPES})! "Type" @16-
reconcile boolean "Allow Reconciliation"
deprecated boolean "Deprecated" @-17
active boolean "Active" @18-
note text "Internal Notes"
company_id many2one(res.company)! "Company" @-17
company_ids many2many(res.company) "Companies" @18-
`,
  },
  {
    name: "account.journal",
    label: "Journal",
    order: "sequence, type, code",
    fields: `
name char! "Journal Name"
code char! "Short Code"
type selection(sale:Sales|purchase|cash|bank|general:Miscellaneous)! "Type"
sequence integer "Sequence"
active boolean "Active"
default_account_id many2one(account.account) "Default Account"
currency_id many2one(res.currency) "Currency"
company_id many2one(res.company)! "Company"
`,
  },
  {
    name: "account.tax",
    label: "Tax",
    order: "sequence, id",
    fields: `
name char! "Tax Name"
type_tax_use selection(sale:Sales|purchase:Purchases|none)! "Tax Type"
amount_type selection(percent:Percentage of Price|fixed)! "Tax Computation"
amount float! "Amount"
sequence integer "Sequence"
active boolean "Active"
company_id many2one(res.company)! "Company"
`,
  },
  {
    name: "account.payment.term",
    label: "Payment Terms",
    order: "id",
    fields: 'name char! "Payment Terms"\nactive boolean "Active"',
  },
  {
    name: "account.move",
    label: "Journal Entry",
    order: "date desc, name desc, id desc",
    fields: `
name char "Number"
ref char "Reference"
date date! "Date"
state selection(draft|posted|cancel:Cancelled)- "Status"
move_type selection(${MOVE_TYPES})! "Type"
journal_id many2one(account.journal:restrict)! "Journal"
company_id many2one(res.company)-~ "Company"
currency_id many2one(res.currency)! "Currency"
line_ids one2many(account.move.line:move_id) "Journal Items"
invoice_line_ids one2many(account.move.line:move_id)~ "Invoice lines"
partner_id many2one(res.partner) "Partner"
commercial_partner_id many2one(res.partner)-~ "Commercial Entity"
amount_untaxed monetary- "Untaxed Amount"
amount_tax monetary- "Tax"
amount_total monetary- "Total"
amount_residual monetary- "Amount Due"
amount_total_signed monetary- "Total Signed"
payment_state selection(not_paid:Not Paid|in_payment:In Payment|paid|partial:Partially Paid|reversed|blocked)- "Payment Status"
posted_before boolean "Posted Before"
reversed_entry_id many2one(account.move) "Reversal of"
invoice_date date "Invoice/Bill Date"
invoice_date_due date "Due Date"
invoice_origin char "Origin"
invoice_payment_term_id many2one(account.payment.term) "Payment Terms"
invoice_user_id many2one(res.users) "Salesperson"
payment_reference char "Payment Reference"
narration text "Terms and Conditions" @-14
narration html "Terms and Conditions" @17-
${ACTIVITY}${THREAD}${PORTAL}`,
  },
  {
    name: "account.move.line",
    label: "Journal Item",
    order: "date desc, move_name desc, id",
    fields: `
move_id many2one(account.move:cascade)! "Journal Entry"
move_name char-~ "Number"
date date-~ "Date"
ref char-~ "Reference"
parent_state selection(draft|posted|cancel:Cancelled)-~ "Status"
journal_id many2one(account.journal)-~ "Journal"
company_id many2one(res.company)-~ "Company"
company_currency_id many2one(res.currency)-~ "Company Currency"
sequence integer "Sequence"
account_id many2one(account.account:restrict) "Account"
name char "Label"
partner_id many2one(res.partner) "Partner"
product_id many2one(product.product) "Product"
product_uom_id many2one(uom.uom) "Unit of Measure"
quantity float "Quantity"
price_unit float "Unit Price"
discount float "Discount (%)"
tax_ids many2many(account.tax) "Taxes"
tax_line_id many2one(account.tax)- "Originator Tax"
price_subtotal monetary- "Subtotal"
price_total monetary- "Total"
debit monetary "Debit"
credit monetary "Credit"
balance monetary- "Balance"
amount_currency monetary "Amount in Currency"
amount_residual monetary- "Residual Amount"
currency_id many2one(res.currency) "Currency"
date_maturity date "Due Date"
reconciled boolean- "Reconciled"
exclude_from_invoice_tab boolean "Exclude from invoice" @-15
display_type selection(line_section:Section|line_note:Note) "Display Type" @-15
display_type selection(product|tax|payment_term:Payment Term|line_section:Section|line_note:Note|rounding) "Display Type" @16-
purchase_line_id many2one(purchase.order.line) "Purchase Order Line"
`,
  },
  {
    name: "account.payment",
    label: "Payments",
    order: "date desc, name desc",
    fields: `
name char- "Number"
move_id many2one(account.move) "Journal Entry"
date date! "Date"
state selection(draft|posted|cancel:Cancelled)- "Status" @-17
state selection(draft|in_process:In Process|paid|canceled|rejected)- "State" @18-
payment_type selection(outbound:Send Money|inbound:Receive Money)! "Payment Type"
partner_type selection(customer|supplier:Vendor)! "Partner Type"
partner_id many2one(res.partner) "Customer/Vendor"
amount monetary "Amount"
currency_id many2one(res.currency)! "Currency"
journal_id many2one(account.journal)! "Journal"
ref char "Reference" @-17
memo char "Memo" @18-
payment_reference char "Payment Reference"
message_ids one2many(mail.message:res_id) "Messages"
is_reconciled boolean- "Is Reconciled"
company_id many2one(res.company)-~ "Company"
`,
  },
];
