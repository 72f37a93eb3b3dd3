import { Client } from "pg";

/** Where a SQL ERP lives: a database of its own on a PostgreSQL, with two accounts of its own. */
export interface SqlErpPlace {
  /** A role that may create roles and databases; used once, to make the place. */
  adminUrl: string;
  database: string;
  /** The ERP itself: owns every table. */
  owner: SqlAccount;
  /** What the ERP gives to others: reads views, fills interface tables, and nothing else. */
  client: SqlAccount;
}

export interface SqlAccount {
  user: string;
  password: string;
}

/** The address of the place for one of its accounts. */
export function urlFor(place: SqlErpPlace, { user, password }: SqlAccount): string {
  const url = new URL(place.adminUrl);
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password);
  url.pathname = `/${place.database}`;
  return url.href;
}

/** Makes roles and database unless they are there; passwords become those given. Nobody else may connect. */
export async function makePlace(place: SqlErpPlace): Promise<void> {
  const admin = new Client(place.adminUrl);
  await admin.connect();
  try {
    for (const { user, password } of [place.owner, place.client]) {
      const { rowCount } = await admin.query("select 1 from pg_roles where rolname = $1", [user]);
      const verb = rowCount ? "alter" : "create";
      await admin.query(`${verb} role ${admin.escapeIdentifier(user)} login password ${admin.escapeLiteral(password)}`);
    }
    const database = admin.escapeIdentifier(place.database);
    const owner = admin.escapeIdentifier(place.owner.user);
    const { rowCount } = await admin.query("select 1 from pg_database where datname = $1", [place.database]);
    if (rowCount) return;
    // Without being a member of it a role that is no superuser cannot give a database to another.
    await admin.query(`grant ${owner} to current_user`);
    await admin.query(`create database ${database} owner ${owner}`);
    await admin.query(`revoke all on database ${database} from public`);
    await admin.query(`grant connect on database ${database} to ${admin.escapeIdentifier(place.client.user)}`);
  } finally {
    await admin.end();
  }
}
