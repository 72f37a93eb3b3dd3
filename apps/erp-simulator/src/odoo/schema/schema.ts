import type { OdooVersion } from "../values";
import { ACCOUNT } from "./account";
import { BASE } from "./base";
import { buildModel, type FieldDefinition, type ModelDefinition } from "./notation";
import { PRODUCT } from "./product";
import { PURCHASE } from "./purchase";
import { SALE_AND_MANUFACTURING } from "./sale";
import { STOCK } from "./stock";

/** A many2one somewhere that points at a model. */
export interface Reference {
  readonly model: string;
  readonly field: FieldDefinition;
}

/** Every model of one release. */
export class Schema {
  readonly models = new Map<string, ModelDefinition>();
  private readonly references = new Map<string, Reference[]>();

  constructor(readonly version: OdooVersion) {
    for (const source of [...BASE, ...PRODUCT, ...PURCHASE, ...SALE_AND_MANUFACTURING, ...STOCK, ...ACCOUNT]) {
      const model = buildModel(source, version);
      if (model) this.models.set(model.name, model);
    }
    for (const model of this.models.values()) {
      for (const field of model.fields.values()) {
        if (field.type !== "many2one" || !field.stored || !field.relation) continue;
        const list = this.references.get(field.relation) ?? [];
        list.push({ model: model.name, field });
        this.references.set(field.relation, list);
      }
    }
  }

  /** The field, looked up through delegation. */
  field(model: ModelDefinition, name: string): FieldDefinition | undefined {
    const own = model.fields.get(name);
    if (own || !model.inherits) return own;
    return this.models.get(model.inherits.model)?.fields.get(name);
  }

  /** Every field, delegated ones included. */
  allFields(model: ModelDefinition): FieldDefinition[] {
    const fields = [...model.fields.values()];
    const base = model.inherits ? this.models.get(model.inherits.model) : undefined;
    for (const field of base?.fields.values() ?? []) if (!model.fields.has(field.name)) fields.push(field);
    return fields;
  }

  /** Stored many2one fields that point at the model. */
  referencesTo(model: string): readonly Reference[] {
    return this.references.get(model) ?? [];
  }
}
