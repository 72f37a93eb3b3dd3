export { Secret } from "./secret";
