export { fileExchange } from "./adapter";
