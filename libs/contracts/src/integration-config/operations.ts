import { operation } from "../operation";
import { ById, type Page } from "../paging";
import {
  CreateIntegration,
  UpdateIntegration,
  DeleteIntegration,
  SetIntegrationStatus,
  ListIntegrations,
  type Integration,
  type ConnectionDocument,
} from "./integrations";
import { type MappingVersion, MappingReference, PutMapping, type MappingSaved, ListMappings } from "./mappings";

const errors = ["NOT_FOUND", "STALE", "CONFLICT", "ERP003", "ERP008", "UNAVAILABLE"] as const;
const at = (name: string) => ({ subject: `dovetail.integration-config.${name}`, errors, timeoutMs: 10_000 });

/** What integration-config answers. */
export const integrationConfig = {
  create: operation<CreateIntegration, Integration>({ ...at("integrations.create"), input: CreateIntegration }),
  list: operation<ListIntegrations, Page<Integration>>({ ...at("integrations.list"), input: ListIntegrations }),
  get: operation<ById, Integration>({ ...at("integrations.get"), input: ById }),
  update: operation<UpdateIntegration, Integration>({ ...at("integrations.update"), input: UpdateIntegration }),
  remove: operation<DeleteIntegration, Record<string, never>>({
    ...at("integrations.delete"),
    input: DeleteIntegration,
  }),
  setStatus: operation<SetIntegrationStatus, Integration>({
    ...at("integrations.status"),
    input: SetIntegrationStatus,
  }),
  connection: operation<ById, ConnectionDocument>({ ...at("integrations.connection"), input: ById }),
  mapping: operation<MappingReference, MappingVersion>({ ...at("mappings.get"), input: MappingReference }),
  mappings: operation<ListMappings, MappingVersion[]>({ ...at("mappings.list"), input: ListMappings }),
  mappingVersions: operation<MappingReference, MappingVersion[]>({
    ...at("mappings.versions"),
    input: MappingReference,
  }),
  putMapping: operation<PutMapping, MappingSaved>({ ...at("mappings.put"), input: PutMapping }),
};
