/** An error as Odoo names it; `status` is the HTTP status of the JSON-2 route (19). */
export class OdooError extends Error {
  constructor(
    readonly odooName: string,
    message: string,
    readonly status: number,
    readonly extraArguments: number[] = [],
  ) {
    super(message);
  }
}

/** A business rule refused the operation. */
export const userError = (message: string) => new OdooError("odoo.exceptions.UserError", message, 422);
/** A constraint refused the values. */
export const validationError = (message: string) => new OdooError("odoo.exceptions.ValidationError", message, 422);
/** Rights are missing, or the method is private. */
export const accessError = (message: string) => new OdooError("odoo.exceptions.AccessError", message, 403);
/** Wrong login or password. */
export const accessDenied = () => new OdooError("odoo.exceptions.AccessDenied", "Access Denied", 403);
/** A Python ValueError: unknown field, unreadable value, bad domain. */
export const valueError = (message: string) => new OdooError("builtins.ValueError", message, 500);
/** A Python TypeError: unknown or missing argument. */
export const typeError = (message: string) => new OdooError("builtins.TypeError", message, 500);
/** The record was deleted or never existed. */
export const missingError = (model: string, id: number, uid: number) =>
  new OdooError(
    "odoo.exceptions.MissingError",
    `Record does not exist or has been deleted.\n(Record: ${model}(${id},), User: ${uid})`,
    404,
  );
/** The database of the request does not exist. */
export const unknownDatabase = (name: string, version: number) =>
  new OdooError(
    "psycopg2.OperationalError",
    version === 19
      ? `connection to server on socket "/var/run/postgresql/.s.PGSQL.5432" failed: FATAL:  database "${name}" does not exist\n`
      : `FATAL:  database "${name}" does not exist\n`,
    500,
  );
