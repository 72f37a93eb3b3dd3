import { Env } from "./env";
import { ORM_METHODS, ormMethod } from "./methods";
import { notFound, type Answer } from "./pages";
import { describeField } from "./reader";
import type { Face, Incoming } from "./face";
import { Transaction } from "./transaction";
import { toJson, type Output } from "./values";

const DEFAULTS: Readonly<Record<string, Output>> = { offset: 0, load: "_classic_read", operator: "ilike", name: "" };

/** `GET /doc-bearer/<model>.json` of 19: the model's fields and public methods, for API-key holders. */
export function docAnswer(server: Face, request: Incoming): Answer {
  const key = /^bearer (.+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
  if (key === undefined || !server.accounts.isApiKey(key)) return notFound(server.version, false);
  const name = request.path.slice("/doc-bearer/".length).replace(/\.json$/, "");
  const { world } = server.database;
  const model = world.schema.models.get(name);
  if (!model) return notFound(server.version, false);
  const env = new Env(world, new Transaction(world.store, world.clock.stamp()));
  const fields: { [key: string]: Output } = {};
  for (const field of world.schema.allFields(model)) {
    const described = describeField(env, model, field);
    fields[field.name] = {
      ...described,
      default_export_compatible: false,
      module: field.name === "id" || field.name === "display_name" ? null : "base",
    };
  }
  const body = toJson({ model: name, name: model.label, doc: null, fields, methods: describeMethods(server, name) });
  return { status: 200, headers: { "Content-Type": "application/json; charset=utf-8" }, body };
}

function describeMethods(server: Face, model: string): Output {
  const described: { [key: string]: Output } = {};
  for (const [name, method] of Object.entries(ORM_METHODS)) {
    if (!ormMethod(name, server.version)) continue;
    const parameters = Object.fromEntries(
      method.parameters.map((parameter) => {
        const usual = name === "name_search" && parameter === "limit" ? 100 : (DEFAULTS[parameter] ?? null);
        return [parameter, { default: usual }];
      }),
    );
    described[name] = { signature: `(${method.parameters.join(", ")})`, parameters, model: "core", module: "core" };
  }
  for (const name of Object.keys(server.database.world.behaviours[model]?.methods ?? {})) {
    described[name] = { signature: "()", parameters: {}, model, module: "base" };
  }
  return described;
}
