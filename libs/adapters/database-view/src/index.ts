export { databaseView } from "./adapter";
