import type { MigrationInterface, QueryRunner } from "typeorm";
import { tenantProtectionSql, ownerPoliciesSql } from "./tenant-protection";

/** A TypeORM migration class; `sql` is its body when it was made by sqlMigration. */
export interface MigrationClass {
  new (): MigrationInterface;
  readonly sql?: string;
}

/** How a migration runs. */
export interface SqlMigrationOptions {
  /**
   * True (default): the owner sees the rows of every tenant while the migration runs; costs an exclusive lock of each
   * table. False: for a migration that touches no rows, on large live tables.
   */
  acrossTenants?: boolean;
}

/**
 * A migration whose body is plain SQL, run as the schema's owner in one transaction with the schema as search path.
 * Every table with a column `tenant_id` that has no policy yet gets forced row-level security and the policy `tenant`
 * at its end. `timestamp` (milliseconds, 13 digits) orders the migrations; there is no way down.
 */
export function sqlMigration(
  name: string,
  timestamp: number,
  sql: string,
  { acrossTenants = true }: SqlMigrationOptions = {},
): MigrationClass {
  return class SqlMigration implements MigrationInterface {
    static readonly sql = sql;
    // TypeORM orders by the number at the end of the name.
    readonly name = `${name}${timestamp}`;

    async up(runner: QueryRunner): Promise<void> {
      if (acrossTenants) await runner.query(ownerPoliciesSql("create"));
      await runner.query(sql);
      await runner.query(tenantProtectionSql());
      if (acrossTenants) await runner.query(ownerPoliciesSql("drop"));
    }

    async down(): Promise<void> {
      throw new Error("migrations run forward only");
    }
  };
}
