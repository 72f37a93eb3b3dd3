import type { Database } from '../odoo/database';

/** How much demo data to make. */
export interface DemoSize {
  suppliers: number;
  customers: number;
  products: number;
  purchaseOrders: number;
  salesOrders: number;
  manufacturingOrders: number;
}

/** Fills a database with demo data; the same seed gives the same data. */
export function seedDemo(_database: Database, _seed: number, _size: Partial<DemoSize> = {}): void {}
