import type { CompiledMapping, CompileOptions } from "./compiled";
import type { MappingDocument } from "./document";

/** Turns a mapping document into functions. Throws {@link MappingError} (ERP003) listing every problem. */
export async function compileMapping(_document: MappingDocument, _options: CompileOptions): Promise<CompiledMapping> {
  throw new Error("not built");
}
