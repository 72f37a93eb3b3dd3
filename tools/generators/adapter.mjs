// Makes the folder of a new adapter whose conformance suite is green at once:
//   node tools/generators/adapter.mjs <name> [--out DIR]
// DIR is the root of a checkout (default: this one). Refuses to touch a folder that is there.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: "string" } } });
const [name = ""] = positionals;
if (positionals.length !== 1 || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
  console.error("usage: node tools/generators/adapter.mjs <name in lower case with dashes> [--out DIR]");
  process.exit(2);
}
const root = resolve(values.out ?? join(import.meta.dirname, "../.."));
const folder = join(root, "libs/adapters", name);
if (existsSync(folder)) {
  console.error(`${folder} is there already`);
  process.exit(1);
}

const words = name.split("-");
const capital = (word) => word[0].toUpperCase() + word.slice(1);
const pascal = words.map(capital).join("");
const names = {
  __name__: name,
  __camel__: pascal[0].toLowerCase() + pascal.slice(1),
  __Pascal__: pascal,
  __SYSTEM__: words.join("_").toUpperCase(),
  __Title__: words.map(capital).join(" "),
};
const FILES = {
  "project.json": join(folder, "project.json"),
  "src/index.ts": join(folder, "src/index.ts"),
  "src/adapter.ts": join(folder, "src/adapter.ts"),
  "src/config.ts": join(folder, "src/config.ts"),
  "src/session.ts": join(folder, "src/session.ts"),
  "src/pull.ts": join(folder, "src/pull.ts"),
  "src/lookup.ts": join(folder, "src/lookup.ts"),
  "src/mapping.ts": join(folder, "src/mapping.ts"),
  "src/templates.ts": join(folder, "src/templates.ts"),
  "test/fake-erp.ts": join(folder, "test/fake-erp.ts"),
  "test/conformance.spec.ts": join(folder, `test/${name}.conformance.spec.ts`),
  "docs/system.md": join(root, "docs/systems", `${name}.md`),
};

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(path);
}

for (const [template, target] of Object.entries(FILES)) {
  const text = readFileSync(join(import.meta.dirname, "adapter", `${template}.tmpl`), "utf8");
  write(
    target,
    text.replace(/__(name|camel|Pascal|SYSTEM|Title)__/g, (placeholder) => names[placeholder]),
  );
}

// The one line outside its folder that tells the product of it.
const list = join(root, "libs/adapters/registry/src/list.ts");
const line = `export { ${names.__camel__} } from "@dovetail/adapter-${name}";`;
write(list, `${readFileSync(list, "utf8").trimEnd()}\n${line}\n`);
console.log(`\nnext: npx jest --config jest.config.cjs libs/adapters/${name}`);
console.log("then: UPDATE_MATRIX=1 npx jest --config jest.config.cjs tools/checks/matrix");
