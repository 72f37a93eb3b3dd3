export { adapterFor } from "./adapter-for";
export { ADAPTERS } from "./adapters";
export { resolveAdapter, type ResolvedAdapter } from "./resolve-adapter";
export { adapterOf, type Placeholder, placeholdersOf, TEMPLATES, templatesFor } from "./templates";
