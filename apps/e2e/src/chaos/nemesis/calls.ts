import { setTimeout as sleep } from "node:timers/promises";
import type { FaultKind } from "../history";
import type { OdooCall } from "../erps/odoo-edge";
import { SHAPES } from "../erps/odoo-documents";
import type { Random } from "../random";
import type { World } from "../world";
import type { Strike, Struck } from "./hand";

const WAIT_MS = 8_000;
const WRITES = ["create", "write"];

const isWrite = (call: OdooCall): boolean => SHAPES[call.model] !== undefined && WRITES.includes(call.method);
const isCreate = (call: OdooCall): boolean => isWrite(call) && call.method === "create";
const isPage = (call: OdooCall): boolean => SHAPES[call.model] !== undefined && call.method === "search_read";
const isLines = (call: OdooCall): boolean => call.model === "purchase.order.line" && call.method === "search_read";
const any = (call: OdooCall): boolean => isWrite(call) || isPage(call);

/** Calls of the platform to the Odoo go wrong in every way that a call can. */
export function callStrikes(random: Random): Strike[] {
  const plain = (kind: FaultKind, weight: number, fits: (call: OdooCall) => boolean): Strike => ({
    kind,
    weight,
    run: (world) => once(world, kind, fits),
  });
  return [
    plain("effect-after-timeout", 3, (call) => (random.chance(0.5) ? isCreate(call) : isWrite(call))),
    plain("timeout-without-effect", 2, isWrite),
    plain("late-effect", 2, isWrite),
    plain("status-429", 1, any),
    plain("status-500", 1, any),
    plain("status-503", 1, any),
    plain("truncated-page", 1, isPage),
    plain("truncated-children", 1, isLines),
    // no ERP may do this to a reader of changes: only by a schedule
    plain("row-left-out", 0, isPage),
    { kind: "stale-page", weight: 2, run: stalePage },
  ];
}

/** Lets the next call that fits go wrong. */
async function once(world: World, kind: FaultKind, fits: (call: OdooCall) => boolean): Promise<Struck> {
  const { odoo } = world;
  return new Promise((resolve) => {
    let over = false;
    const end = (struck: Struck): void => {
      over = true;
      resolve({ ...struck, target: odoo.integration });
    };
    odoo.edge.plan({
      kind,
      fits: (call) => !over && fits(call),
      done: (observed, call) => {
        const entity = SHAPES[call.model]?.entity;
        end({ observed, ...(entity === undefined ? {} : { entity, key: isWrite(call) ? odoo.keyOfCall(call) : "" }) });
      },
    });
    void sleep(WAIT_MS).then(() => !over && end({ observed: false }));
  });
}

/** A page is read, then one of its rows is pushed, then the page arrives. */
async function stalePage(world: World): Promise<Struck> {
  const { odoo, mes } = world;
  return new Promise((resolve) => {
    let over = false;
    let key = "";
    odoo.edge.plan({
      kind: "stale-page",
      fits: (call) => !over && call.model === "res.partner" && isPage(call),
      until: async (page) => {
        const refs = Array.isArray(page) ? page.map((row) => (row as { ref?: unknown }).ref) : [];
        key = refs.filter((ref): ref is string => typeof ref === "string").at(-1) ?? "";
        if (key === "") return false;
        const from = odoo.size();
        void mes.http.touchSupplier(key);
        const pushed = () => odoo.writtenSince(from, key);
        for (let n = 0; n < 22 && !pushed(); n++) await sleep(100);
        return pushed();
      },
      done: (observed) => {
        over = true;
        resolve({ observed, target: odoo.integration, entity: "Supplier", key });
      },
    });
    void sleep(WAIT_MS).then(() => {
      if (!over) resolve({ observed: false, target: odoo.integration });
      over = true;
    });
  });
}
