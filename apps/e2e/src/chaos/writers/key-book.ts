import type { EntityName } from "@dovetail/domain";

/** The business keys that writers may use by now; deleted ones are never used again. */
export class KeyBook {
  private readonly known = new Map<EntityName, string[]>();

  add(entity: EntityName, key: string): void {
    this.of(entity).push(key);
  }

  remove(entity: EntityName, key: string): void {
    const keys = this.of(entity);
    keys.splice(keys.indexOf(key), 1);
  }

  of(entity: EntityName): string[] {
    const keys = this.known.get(entity) ?? [];
    this.known.set(entity, keys);
    return keys;
  }
}
