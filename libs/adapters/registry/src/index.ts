export { adapterFor } from "./adapter-for";
export { ADAPTERS } from "./adapters";
