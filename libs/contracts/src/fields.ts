import { ApiProperty, type ApiPropertyOptions } from "@nestjs/swagger";
import { Type } from "class-transformer";
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from "class-validator";
import { quickRule } from "./quick-rules";

// One decorator per kind of member: it validates at the edge and on the bus, and documents in OpenAPI. Members of plain
// values also say by a quick rule what passes: most requests are right, and walking the decorators' metadata is dear.

interface Described {
  optional?: boolean;
  nullable?: boolean;
  description?: string;
  example?: unknown;
}

function apply(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, key) => {
    for (const decorate of decorators) decorate(target, key);
  };
}

function document(options: Described, api: ApiPropertyOptions): PropertyDecorator[] {
  const described = {
    required: !options.optional,
    ...(options.nullable ? { nullable: true } : {}),
    ...(options.description ? { description: options.description } : {}),
    ...(options.example === undefined ? {} : { example: options.example }),
    ...api,
  } as ApiPropertyOptions;
  return [ApiProperty(described), ...(options.optional || options.nullable ? [IsOptional()] : [])];
}

function quick(options: Described, covers: number, accepts: (value: unknown) => boolean): PropertyDecorator {
  if (!options.optional && !options.nullable) return quickRule({ accepts, covers });
  return quickRule({ accepts: (value) => value === undefined || value === null || accepts(value), covers: covers + 1 });
}

// Neither NUL nor half of a surrogate pair: no database and no other system takes them.
const STORABLE = /^[^\0\p{Cs}]*$/u;

/** A string of at most `max` (1,000) characters that can be stored, optionally of a pattern. */
export function Text(options: Described & { max?: number; pattern?: RegExp } = {}): PropertyDecorator {
  const { max = 1000, pattern } = options;
  return apply(
    ...document(options, { type: String, ...(pattern ? { pattern: pattern.source } : {}) }),
    // A pattern may keep state between calls, so a member with one is left to class-validator.
    ...(pattern
      ? []
      : [quick(options, 3, (text) => typeof text === "string" && text.length <= max && STORABLE.test(text))]),
    IsString(),
    MaxLength(max),
    Matches(STORABLE, { message: "must be text without NUL and without halves of characters" }),
    ...(pattern ? [Matches(pattern)] : []),
  );
}

/** A boolean. */
export function Flag(options: Described = {}): PropertyDecorator {
  return apply(
    ...document(options, { type: Boolean }),
    quick(options, 1, (flag) => typeof flag === "boolean"),
    IsBoolean(),
  );
}

/** A whole number; numeric text of a query string is taken too. */
export function Whole(options: Described & { min?: number; max?: number } = {}): PropertyDecorator {
  return apply(
    ...document(options, { type: Number }),
    Type(() => Number),
    IsInt(),
    Min(options.min ?? 0),
    Max(options.max ?? Number.MAX_SAFE_INTEGER),
  );
}

/** One of a closed list of words. */
export function OneOf(values: readonly string[], options: Described = {}): PropertyDecorator {
  const known: ReadonlySet<unknown> = new Set(values);
  return apply(
    ...document(options, { type: String, enum: [...values] }),
    quick(options, 1, (word) => known.has(word)),
    IsIn([...values]),
  );
}

/** A list of words, all of a closed list where one is given. */
export function Words(options: Described & { values?: readonly string[]; max?: number } = {}): PropertyDecorator {
  const { values, max = 1000 } = options;
  const each = values ? IsIn([...values], { each: true }) : IsString({ each: true });
  const known: ReadonlySet<unknown> | undefined = values && new Set(values);
  const isWord = (word: unknown): boolean => (known ? known.has(word) : typeof word === "string");
  return apply(
    ...document(options, { type: String, isArray: true }),
    quick(options, 3, (words) => Array.isArray(words) && words.length <= max && words.every(isWord)),
    IsArray(),
    ArrayMaxSize(max),
    each,
  );
}

/** A JSON object whose members the owner of the meaning checks (a record, an adapter's settings). */
export function Free(options: Described = {}): PropertyDecorator {
  return apply(...document(options, { type: Object, additionalProperties: true }), IsObject());
}

type ClassReference = () => new () => object;

// @nestjs/swagger knows a reference to a class that is not loaded yet by the function's name, `type`.
function documented(reference: ClassReference): ApiPropertyOptions {
  return { type: () => reference() } as ApiPropertyOptions;
}

/** A nested object of a class. */
export function Nested(type: ClassReference, options: Described = {}): PropertyDecorator {
  return apply(...document(options, documented(type)), IsObject(), ValidateNested(), Type(type));
}

/** A list of objects of a class. */
export function ListOf(type: ClassReference, options: Described & { max?: number } = {}): PropertyDecorator {
  return apply(
    ...document(options, { ...documented(type), isArray: true } as ApiPropertyOptions),
    IsArray(),
    ArrayMaxSize(options.max ?? 10_000),
    ValidateNested({ each: true }),
    Type(type),
  );
}
