import type { EntityName, Json } from "@dovetail/domain";
import { refusal } from "./errors";

/**
 * Odoo lets `state` be written, past everything that a change of state does (receipts, numbers, checks). So a state
 * is reached by the button that a person would press; a button that does not apply does nothing or is refused.
 */
type Buttons = Readonly<Record<string, readonly string[]>>;

const BUTTONS: { readonly [E in EntityName]?: Buttons } = {
  PurchaseOrder: {
    draft: ["button_draft"],
    sent: ["print_quotation"],
    "to approve": ["button_confirm"],
    purchase: ["button_confirm"],
    done: ["button_done", "button_lock"],
    cancel: ["button_cancel"],
  },
  SalesOrder: {
    draft: ["action_draft"],
    sent: ["action_quotation_sent"],
    sale: ["action_confirm"],
    done: ["action_done", "action_lock"],
    cancel: ["action_cancel"],
  },
};

/** Where a new document starts by itself. */
export const FIRST_STATE = "draft";

/** The button that leads to a state; from 18 on documents are locked instead of done. */
export function buttonFor(entity: EntityName, state: Json, major: number): string {
  const buttons = BUTTONS[entity]?.[String(state)];
  const button = major >= 17 && buttons?.[1] ? lockButton(entity, buttons, major) : buttons?.[0];
  if (button === undefined) throw refusal(`Odoo has no state ${JSON.stringify(state)} here`);
  return button;
}

/** `action_done` of sales orders went with 17, `button_done` of purchase orders with 19. */
function lockButton(entity: EntityName, buttons: readonly string[], major: number): string | undefined {
  return major >= (entity === "SalesOrder" ? 17 : 19) ? buttons[1] : buttons[0];
}
