/** Patterns (ECMA-262, flag `u`) that the validator and the published JSON Schema use alike. */

/** CONTRACTS of the API: a decimal is text, without exponent. */
export const DECIMAL_PATTERN = "^-?[0-9]+(\\.[0-9]+)?$";
/** ISO 4217 alphabetic code; no list is bundled, a wrong code is the source's error. */
export const CURRENCY_PATTERN = "^[A-Z]{3}$";
/** UN/ECE Recommendation 20 common code: two or three capital letters or digits. */
export const UNIT_PATTERN = "^[A-Z0-9]{2,3}$";
const DAY = "(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
/** A day; months of fewer than 31 days are checked beside the pattern. */
export const DATE_PATTERN = `^${DAY}$`;
/** RFC 3339 with zone, without leap seconds. */
export const DATETIME_PATTERN = `^${DAY}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$`;
/** PostgreSQL stores no NUL in text or jsonb. */
export const TEXT_PATTERN = "^[^\\u0000]*$";
/** Keys travel newline-joined. */
export const KEY_PATTERN = "^[^\\u0000\\n\\r]*$";
/** A part of a key of several parts must not contain the separator. */
export const KEY_PART_PATTERN = "^[^\\u0000\\n\\r|]*$";

/** The longest string, in bytes of UTF-8. */
export const MAX_TEXT_BYTES = 262_144;
/** The deepest nesting of free JSON. */
export const MAX_DEPTH = 32;
