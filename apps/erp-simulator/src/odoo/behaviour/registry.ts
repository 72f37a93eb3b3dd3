import type { Behaviour } from '../env';
import { COMPANY, CURRENCY, PARTNER, USER } from './partner';
import { CATEGORY, PRODUCT, TEMPLATE } from './product';
import { PURCHASE_LINE, PURCHASE_ORDER } from './purchase';

/** What each model does beyond storing rows. */
export const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  'res.partner': PARTNER,
  'res.users': USER,
  'res.company': COMPANY,
  'res.currency': CURRENCY,
  'product.product': PRODUCT,
  'product.template': TEMPLATE,
  'product.category': CATEGORY,
  'purchase.order': PURCHASE_ORDER,
  'purchase.order.line': PURCHASE_LINE,
};
