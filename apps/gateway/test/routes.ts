import { METHOD_METADATA, PATH_METADATA } from "@nestjs/common/constants";
import { RequestMethod } from "@nestjs/common";
import { accessOf, type Access } from "../src/auth/requires";
import { CONTROLLERS } from "../src/gateway.module";

/** One route of the API as its controller declares it. */
export interface DeclaredRoute {
  method: string;
  /** Beginning with `/`, parameters as `:name`. */
  path: string;
  access: Access | undefined;
  name: string;
}

/** Every route of every controller. */
export function declaredRoutes(): DeclaredRoute[] {
  return CONTROLLERS.flatMap((controller) => {
    const prefix = Reflect.getMetadata(PATH_METADATA, controller) as string;
    const prototype = controller.prototype as Record<string, unknown>;
    return Object.getOwnPropertyNames(prototype).flatMap((name) => {
      const handler = prototype[name];
      if (typeof handler !== "function") return [];
      const paths = Reflect.getMetadata(PATH_METADATA, handler) as string | string[] | undefined;
      if (paths === undefined || name === "constructor") return [];
      const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number] ?? "?";
      return [paths].flat().map((path) => ({
        method,
        path: `/${prefix}${path === "/" ? "" : `/${path}`}`,
        access: accessOf(handler),
        name: `${controller.name}.${name}`,
      }));
    });
  });
}
