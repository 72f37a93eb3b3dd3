import type { Permission } from "@dovetail/contracts";

/** Who may call a route. `optional`: everybody, but a key that is sent must be good. */
export type Access =
  { kind: "public" | "optional" | "operator" | "signedIn" } | { kind: "permission"; permission: Permission };

const ACCESS = Symbol("gateway.access");

function access(value: Access): MethodDecorator {
  return (_target, _key, descriptor) => {
    Reflect.defineMetadata(ACCESS, value, descriptor.value as object);
  };
}

/** The route needs a key or token with this permission. */
export const Requires = (permission: Permission): MethodDecorator => access({ kind: "permission", permission });
/** The route needs a key or token, whatever it may do. */
export const SignedIn = (): MethodDecorator => access({ kind: "signedIn" });
/** The route needs the operator's key. */
export const OperatorOnly = (): MethodDecorator => access({ kind: "operator" });
/** Everybody may call the route. */
export const Public = (): MethodDecorator => access({ kind: "public" });
/** Everybody may call the route; who shows a key gets more. */
export const OptionalKey = (): MethodDecorator => access({ kind: "optional" });

/** What was declared for a handler. */
export function accessOf(handler: object): Access | undefined {
  return Reflect.getMetadata(ACCESS, handler) as Access | undefined;
}
