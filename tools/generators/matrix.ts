import { basename } from "node:path";
import { ADAPTERS, TEMPLATES } from "@dovetail/adapter-registry";
import { type Adapter, capabilities, type EntityCapabilities, type SystemCapabilities } from "@dovetail/adapter-sdk";
import { ENTITY_NAMES } from "@dovetail/domain";

type Row = readonly string[];

/** The page of a system below docs/systems is named as the adapter's folder. */
export interface DocumentedAdapter {
  folder: string;
  adapter: Adapter;
}

const INTRO = `# Systems

<!-- Written from the adapters: UPDATE_MATRIX=1 npx jest --config jest.config.cjs tools/checks/matrix -->

What each adapter declares, as \`GET /api/v1/erp/systems\` serves it.

An integration names the customer's system in \`erpSystem\` and the way to it in \`connectionMethod\`. Its own adapter is used
where that goes by the method (for most: \`API\`), else the one that reaches **any** system by it: \`FILE\`, \`DATABASE\` and
\`MESSAGE_QUEUE\` work for every code, \`{"erpSystem":"SAP","connectionMethod":"FILE"}\` among them. What no adapter serves is
refused with ERP008, which names what there is. The integration's \`adapter\` says which one was chosen. A PATCH of
\`connectionMethod\` makes the integration begin anew with the other adapter: settings, credentials and first mappings are
that one's, cursors start over, links find their new ids by business key, and requests whose outcome is still open are
listed for a person.`;

const LEGEND = `\`R\` reads everything, \`R+\` also what changed since, \`−\` a full read shows what was deleted · \`K\`, \`L\`, \`N\`: write class
(a second write of one reference is refused or merged · can be searched for · neither) with the operations \`c\` create,
\`u\` update, \`d\` delete, \`p\` post · \`?\` can be looked up by id, key or reference · \`!\` told by webhook · empty: not
offered. Adapters for any system offer an entity as far as the integration's settings name it.`;

const TEMPLATES_INTRO = `\`POST /api/v1/erp/integrations\` with \`"template": "<name>"\` begins with a template's settings, schedule, entities and
mappings; whatever the body has beside goes before it, member by member, and null leaves a member out. An entity that has
another master becomes a target of pushes, or is left out. A PATCH takes \`template\` too, also to change over to another
method. \`GET /api/v1/erp/systems/:code/templates\` shows them with what they leave open. Those of \`FILE\`, \`DATABASE\` and
\`QUEUE\` are for any system.`;

/** `docs/systems/README.md`: what the registered adapters declare, as tables. */
export function systemsPage(documented: readonly DocumentedAdapter[]): string {
  const known = [...documented].sort((a, b) => a.adapter.system.localeCompare(b.adapter.system));
  const parts = [
    INTRO,
    "## Systems and methods",
    table(SYSTEM_HEAD, known.map(systemRow)),
    "## Entities",
    LEGEND,
    table(["", ...known.map(({ adapter }) => code(adapter.system))], entityRows(known.map(({ adapter }) => adapter))),
    "## Templates",
    TEMPLATES_INTRO,
    table(["template", "system", "method", "what it is"], TEMPLATES.map(templateRow).sort(byText)),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** The adapters with their folders, told by the pages: each is headed by its system's code. */
export function documentedAdapters(pages: readonly { path: string; text: string }[]): DocumentedAdapter[] {
  return pages.flatMap(({ path, text }) => {
    const code = /^# .*\(`([A-Z0-9_]+)`\)$/m.exec(text)?.[1];
    const adapter = ADAPTERS.find(({ system }) => system === code);
    return adapter ? [{ folder: basename(path, ".md"), adapter }] : [];
  });
}

const SYSTEM_HEAD = [
  "system",
  "code",
  "method",
  "authentication",
  "inbound",
  "outbound",
  "formats",
  "real time",
  "limits",
];

function systemRow({ folder, adapter }: DocumentedAdapter): Row {
  const can = capabilities(adapter);
  return [
    `[${can.title}](${folder}.md)`,
    code(can.system),
    can.anySystem ? `${can.connectionMethod}, any system` : can.connectionMethod,
    can.auth.join(", "),
    can.inbound.join(", "),
    can.outbound.join(", "),
    can.formats.join(", "),
    can.realTime ? "yes" : "no",
    limitsOf(can),
  ];
}

function limitsOf({ limits }: SystemCapabilities): string {
  const parts = [
    limits.concurrent === null ? "" : `${limits.concurrent} at once`,
    limits.perMinute === null ? "" : `${limits.perMinute}/min`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function entityRows(adapters: readonly Adapter[]): Row[] {
  const offers = adapters.map((adapter) => new Map(capabilities(adapter).entities.map((can) => [can.entity, can])));
  return ENTITY_NAMES.map((entity) => [entity, ...offers.map((offer) => cell(offer.get(entity)))]);
}

function cell(can: EntityCapabilities | undefined): string {
  if (!can) return "";
  const reads = can.pull ? `R${can.incremental ? "+" : ""}${can.deletesSeen ? " −" : ""}` : "";
  const writes = can.writeClass ? `${can.writeClass}:${can.operations.map((operation) => operation[0]).join("")}` : "";
  return [reads, writes, can.lookup ? "?" : "", can.webhook ? "!" : ""].filter((part) => part !== "").join(" · ");
}

function templateRow(template: (typeof TEMPLATES)[number]): Row {
  return [code(template.name), template.system, template.connectionMethod, template.title];
}

function byText([a = ""]: Row, [b = ""]: Row): number {
  return a.localeCompare(b);
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A table as prettier writes it. */
function table(head: Row, rows: readonly Row[]): string {
  const widths = head.map((_, at) => Math.max(3, ...[head, ...rows].map((row) => (row[at] ?? "").length)));
  const line = (row: Row) => `| ${widths.map((width, at) => (row[at] ?? "").padEnd(width)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
