import type { Face } from "./face";
import { Env } from "./env";
import { Transaction } from "./transaction";
import type { Output } from "./values";

const VIEWS: readonly [string, string, string, boolean][] = [
  ["list", "List", "oi oi-view-list", true],
  ["form", "Form", "fa fa-address-card", false],
  ["graph", "Graph", "fa fa-area-chart", true],
  ["pivot", "Pivot", "oi oi-view-pivot", true],
  ["calendar", "Calendar", "fa fa-calendar", true],
  ["kanban", "Kanban", "oi oi-view-kanban", true],
  ["search", "Search", "oi oi-search", true],
  ["activity", "Activity", "fa fa-clock-o", true],
];
const HASH = "c0ffee".repeat(10) + "cafe";

/** The answer of `/web/session/authenticate` and `get_session_info`, as each release shapes it. */
export function sessionInfo(server: Face): { [key: string]: Output } {
  const { world } = server.database;
  const env = new Env(world, new Transaction(world.store, world.clock.stamp()));
  const common: { [key: string]: Output } = {
    uid: 2,
    is_system: true,
    is_admin: true,
    user_context: { lang: "en_US", tz: "Europe/Brussels", uid: 2 },
    db: server.accounts.options.database,
    server_version: `${server.version}.0`,
    server_version_info: [server.version, 0, 0, "final", 0, ""],
    name: env.text("res.users", 2, "name") || "Administrator",
    username: server.accounts.options.login,
    partner_display_name: env.displayName("res.partner", env.id("res.users", 2, "partner_id") ?? 0),
    partner_id: env.id("res.users", 2, "partner_id") ?? 3,
    "web.base.url": server.baseUrl(),
    active_ids_limit: 20000,
  };
  return { ...common, ...(server.version === 14 ? info14(env) : info19(env)) };
}

function info14(env: Env): { [key: string]: Output } {
  const companies = env.store.table("res.company").ids.map((id): Output => [id, env.displayName("res.company", id)]);
  return {
    company_id: 1,
    user_companies: { current_company: companies[0] ?? false, allowed_companies: companies },
    currencies: currencies(env, false),
    show_effect: "True",
    display_switch_company_menu: companies.length > 1,
    cache_hashes: { load_menus: HASH, qweb: HASH, translations: HASH.slice(0, 40) },
    user_id: [2],
    max_time_between_keys_in_ms: 55,
    web_tours: [],
    notification_type: "email",
    odoobot_initialized: true,
  };
}

function currencies(env: Env, named: boolean): Output {
  const table = env.store.table("res.currency");
  const active = table.ids.filter((id) => table.rows.get(id)?.["active"] === true);
  const entries = active.map((id): [string, Output] => [
    String(id),
    {
      ...(named ? { name: env.text("res.currency", id, "name") } : {}),
      symbol: env.text("res.currency", id, "symbol"),
      position: env.text("res.currency", id, "position") || "after",
      digits: [69, 2],
    },
  ]);
  return Object.fromEntries(entries);
}

function userSettings(): Output {
  return {
    id: 1,
    embedded_actions_config_ids: {},
    is_discuss_sidebar_category_channel_open: true,
    is_discuss_sidebar_category_chat_open: true,
    push_to_talk_key: false,
    use_push_to_talk: false,
    voice_active_duration: 200,
    channel_notifications: false,
    user_id: { id: 2 },
    volumes: [["ADD", []]],
  };
}

function info19(env: Env): { [key: string]: Output } {
  return {
    is_public: false,
    is_internal_user: true,
    registry_hash: HASH,
    user_settings: userSettings(),
    support_url: "https://www.odoo.com/buy",
    quick_login: true,
    partner_write_date: env.text("res.partner", env.id("res.users", 2, "partner_id") ?? 0, "write_date").slice(0, 19),
    profile_session: null,
    profile_collectors: null,
    profile_params: null,
    max_file_upload_size: 134217728,
    home_action_id: false,
    currencies: currencies(env, true),
    bundle_params: { lang: "en_US" },
    test_mode: false,
    view_info: Object.fromEntries(
      VIEWS.map(([key, display_name, icon, multi_record]) => [key, { display_name, icon, multi_record }]),
    ),
    groups: { "base.group_allow_export": true },
    user_companies: companies19(env),
    show_effect: true,
    max_time_between_keys_in_ms: 150,
    websocket_worker_version: `${env.version}.0-2`,
    tour_enabled: false,
    current_tour: null,
    storeData: storeData(env),
    iap_company_enrich: true,
    can_insert_in_spreadsheet: false,
  };
}

function companies19(env: Env): Output {
  const allowed = env.store.table("res.company").ids.map((id): [string, Output] => [
    String(id),
    {
      id,
      name: env.text("res.company", id, "name"),
      sequence: 10,
      child_ids: [],
      parent_id: false,
      currency_id: env.id("res.company", id, "currency_id"),
    },
  ]);
  return { current_company: 1, allowed_companies: Object.fromEntries(allowed), disallowed_ancestor_companies: {} };
}

function storeData(env: Env): Output {
  return {
    Store: {
      action_discuss_id: 125,
      channel_types_with_seen_infos: ["chat", "group"],
      hasCannedResponses: true,
      hasGifPickerFeature: false,
      hasLinkPreviewFeature: true,
      hasMessageTranslationFeature: false,
      internalUserGroupId: 1,
      mt_comment: 1,
      mt_note: 2,
      odoobot: 2,
      self_partner: 3,
      settings: userSettings(),
    },
    "res.partner": chatPartners(env),
    "res.users": [
      { id: 1, share: false },
      {
        id: 2,
        is_admin: true,
        notification_type: "email",
        share: false,
        signature: ["markup", "<div>Administrator</div>"],
      },
    ],
  };
}

function chatPartners(env: Env): Output {
  const stamp = (id: number) => env.text("res.partner", id, "write_date").slice(0, 19);
  return [
    {
      active: false,
      avatar_128_access_token: HASH,
      email: "odoobot@example.com",
      id: 2,
      im_status: "bot",
      im_status_access_token: HASH,
      is_company: false,
      main_user_id: 1,
      name: "OdooBot",
      write_date: stamp(2),
    },
    {
      active: true,
      avatar_128_access_token: HASH,
      id: 3,
      im_status: "offline",
      im_status_access_token: HASH,
      main_user_id: 2,
      name: env.text("res.partner", 3, "name"),
      write_date: stamp(3),
    },
  ];
}
