import { describeAdapterConformance } from "@dovetail/adapter-conformance";
import { databaseHarness } from "./database-harness";
import { mariadbPlace, noMariadb, postgresPlace } from "./places";

describe("on PostgreSQL", () => describeAdapterConformance(databaseHarness(postgresPlace)));

if (noMariadb === undefined) describe("on MariaDB", () => describeAdapterConformance(databaseHarness(mariadbPlace)));
else console.warn(`Not tried on MariaDB: ${noMariadb}`);
