import { readFileSync } from "node:fs";
import { join } from "node:path";
import { validateConfig } from "@dovetail/adapter-sdk";
import type { JsonObject } from "@dovetail/domain";
import { connection } from "../src/config";
import { readFolders, readSets } from "../src/sets";

const PAGE = readFileSync(join(__dirname, "../../../../docs/systems/file-exchange.md"), "utf8");
const OF_SETS = [
  "pattern",
  "key",
  "children",
  "content",
  "sequence",
  "watermark",
  "zone",
  "columns",
  "recordTypes",
  "record",
];
const blocks = [...PAGE.matchAll(/```json\n(.*?)```/gs)].map(([, text = ""]) => text);

describe("the page of the file exchange", () => {
  const table = PAGE.slice(PAGE.indexOf("## Settings"), PAGE.indexOf("### Formats"));

  it("names every setting in its table", () => {
    const own = connection.fields.filter((field) => field.in === "settings" && field.name !== "sets");
    const wanted = [...own.map(({ name }) => `\`${name}\``), ...OF_SETS.map((name) => `\`sets[].${name}\``)];
    expect(wanted.filter((name) => !table.includes(name))).toEqual([]);
  });

  it("names every choice and every default of a setting", () => {
    for (const { name, choices = [], default: usual } of connection.fields.filter((field) => field.in === "settings")) {
      for (const choice of choices) expect([name, PAGE.includes(`\`${choice}\``)]).toEqual([name, true]);
      if (typeof usual === "number") expect([name, table.includes(String(usual))]).toEqual([name, true]);
    }
  });

  it("shows an integration and sets that are taken", () => {
    const documents = blocks
      .filter((text) => /"settings"|"pattern"/.test(text))
      .map((text) => JSON.parse(text) as JsonObject);
    expect(documents).toHaveLength(2);
    for (const document of documents) {
      const settings = (document["settings"] ?? { transport: "folder", root: "/srv", sets: [document] }) as JsonObject;
      const checked = validateConfig(connection, settings);
      if (!checked.ok) throw new Error(JSON.stringify(checked.errors));
      expect(readSets(checked.value).length).toBeGreaterThan(0);
      expect(readFolders(checked.value.folders)).toMatchObject({ in: "in" });
    }
  });
});
