import { compileLeaf, relatedIds, type Predicate } from "./leaf";
import type { Env } from "./env";
import { valueError } from "./errors";
import type { ModelDefinition } from "./schema/notation";
import type { Json } from "./values";

/** A domain ready to be asked about rows. */
export interface CompiledDomain {
  matches: Predicate;
  /** Conditions on id that every match meets: lets a scan start later. */
  idAfter: number;
  /** Whether the domain itself speaks of `active`. */
  namesActive: boolean;
}

/** Compiles Odoo's prefix notation; unknown fields and operators are Odoo's own errors. */
export function compileDomain(env: Env, model: ModelDefinition, domain: Json): CompiledDomain {
  if (!Array.isArray(domain)) throw valueError(`Invalid domain: ${JSON.stringify(domain)}`);
  const position = { at: 0 };
  const parts: Predicate[] = [];
  const result: CompiledDomain = { matches: () => true, idAfter: 0, namesActive: false };
  while (position.at < domain.length) {
    const term = domain[position.at];
    if (isLeaf(term) && term[0] === "id" && typeof term[2] === "number") {
      if (term[1] === ">") result.idAfter = Math.max(result.idAfter, term[2]);
      if (term[1] === ">=") result.idAfter = Math.max(result.idAfter, term[2] - 1);
    }
    parts.push(compileTerm(env, model, domain, position));
  }
  result.namesActive = domain.some((term) => isLeaf(term) && term[0] === "active");
  const only = parts[0];
  if (only && parts.length === 1) result.matches = only;
  else if (parts.length > 1) result.matches = (row, id) => parts.every((part) => part(row, id));
  return result;
}

function isLeaf(term: Json | undefined): term is [string, string, Json] {
  return Array.isArray(term) && term.length === 3 && typeof term[1] === "string";
}

function compileTerm(env: Env, model: ModelDefinition, domain: Json[], position: { at: number }): Predicate {
  const term = domain[position.at++];
  if (term === "!") {
    const inner = compileTerm(env, model, domain, position);
    return (row, id) => !inner(row, id);
  }
  if (term === "&" || term === "|") {
    const left = compileTerm(env, model, domain, position);
    const right = compileTerm(env, model, domain, position);
    return term === "&" ? (row, id) => left(row, id) && right(row, id) : (row, id) => left(row, id) || right(row, id);
  }
  if (!isLeaf(term)) throw valueError(`Invalid domain: ${JSON.stringify(domain)}`);
  const [path, operator, value] = term;
  if ((path as Json) === 1 || (path as Json) === 0) return () => (path as Json) === value;
  if (operator === "any" || operator === "not any") return compileAny(env, model, path, operator, value);
  return compileLeaf(env, model, String(path), operator.toLowerCase(), value);
}

/** `any`: a related record matches a domain of its own (17 and 19). */
function compileAny(env: Env, model: ModelDefinition, name: string, operator: string, value: Json): Predicate {
  const relation = env.world.schema.field(model, name)?.relation;
  if (!relation || env.version === 14) throw valueError(`Invalid operator '${operator}' in domain term`);
  const inner = compileDomain(env, env.model(relation), value).matches;
  return (row, id) => {
    const found = relatedIds(env.cell(model, row, id, name)).some((related) => {
      const target = env.row(relation, related);
      return target !== undefined && inner(target, related);
    });
    return found === (operator === "any");
  };
}
