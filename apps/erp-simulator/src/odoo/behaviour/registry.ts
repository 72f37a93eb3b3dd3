import type { Behaviour } from "../env";
import { ACCOUNT_ACCOUNT, ACCOUNT_MOVE, ACCOUNT_MOVE_LINE } from "./account";
import { AUTOMATION, MESSAGE, SERVER_ACTION } from "./automation";
import { COMPANY, CURRENCY, PARTNER, USER } from "./partner";
import { PAYMENT } from "./payment";
import { CATEGORY, PRODUCT, TEMPLATE } from "./product";
import { PURCHASE_LINE, PURCHASE_ORDER } from "./purchase";
import { PRODUCTION, SALE_LINE, SALE_ORDER } from "./sale";
import { LOCATION, LOT, QUANT, STOCK_MOVE, STOCK_MOVE_LINE, STOCK_PICKING } from "./stock";

/** What each model does beyond storing rows. */
export const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "res.partner": PARTNER,
  "res.users": USER,
  "res.company": COMPANY,
  "res.currency": CURRENCY,
  "product.product": PRODUCT,
  "product.template": TEMPLATE,
  "product.category": CATEGORY,
  "purchase.order": PURCHASE_ORDER,
  "purchase.order.line": PURCHASE_LINE,
  "sale.order": SALE_ORDER,
  "sale.order.line": SALE_LINE,
  "mrp.production": PRODUCTION,
  "stock.picking": STOCK_PICKING,
  "stock.move": STOCK_MOVE,
  "stock.move.line": STOCK_MOVE_LINE,
  "stock.quant": QUANT,
  "stock.lot": LOT,
  "stock.production.lot": LOT,
  "stock.location": LOCATION,
  "account.account": ACCOUNT_ACCOUNT,
  "account.move": ACCOUNT_MOVE,
  "account.move.line": ACCOUNT_MOVE_LINE,
  "account.payment": PAYMENT,
  "mail.message": MESSAGE,
  "base.automation": AUTOMATION,
  "ir.actions.server": SERVER_ACTION,
};
