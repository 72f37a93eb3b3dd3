// esbuild bundles the workspace sources of one app (node_modules stay external);
// swc compiles TypeScript first because esbuild cannot emit decorator metadata.
//   node tools/build.mjs apps/<app>
import { transformSync } from "@swc/core";
import { build } from "esbuild";
import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "..");
/** What an app may start with; each becomes a file of its own in dist. */
const ENTRIES = ["main", "migrate"];

const swcPlugin = (changed) => ({
  name: "swc",
  setup(b) {
    b.onLoad({ filter: /\.(ts|sql)$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const source = changed ? changed(relative(root, path), text) : text;
      if (path.endsWith(".sql")) return { contents: source, loader: "text" };
      if (!/@\w+\s*\(/.test(source)) return { contents: source, loader: "ts" };
      const { code } = transformSync(source, {
        filename: path,
        swcrc: false,
        configFile: false,
        sourceMaps: "inline",
        jsc: {
          parser: { syntax: "typescript", decorators: true },
          target: "es2022",
          keepClassNames: true,
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: "es6" },
      });
      return { contents: code, loader: "js" };
    });
  },
});

/** The file of an alias; a star of one stands for the same text in its path. */
function aliased(paths, name) {
  if (paths[name]) return paths[name][0];
  for (const [alias, [path]] of Object.entries(paths)) {
    const [before, after] = alias.split("*");
    if (after !== undefined && name.startsWith(before) && name.endsWith(after))
      return path.replace("*", name.slice(before.length, name.length - after.length));
  }
  return undefined;
}

function aliasPlugin() {
  const { paths } = JSON.parse(readFileSync(join(root, "tsconfig.base.json"), "utf8")).compilerOptions;
  return {
    name: "workspace",
    setup(b) {
      b.onResolve({ filter: /^@dovetail\// }, ({ path }) => {
        const file = aliased(paths, path);
        return file === undefined ? undefined : { path: join(root, file) };
      });
    },
  };
}

/** Bundles one app into dist and answers the files that went in, relative to the root. */
export async function buildApp(app) {
  const entries = ENTRIES.filter((name) => existsSync(join(root, app, "src", `${name}.ts`)));
  return buildFrom(join(app, "src"), entries, join("dist", app));
}

/** The same for entries of any folder. `changed` alters sources as they are read: (path, text) => text. */
export async function buildFrom(folder, entries, outdir, changed) {
  const { metafile } = await build({
    entryPoints: entries.map((name) => join(root, folder, `${name}.ts`)),
    outdir: join(root, outdir),
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    packages: "external",
    sourcemap: true,
    keepNames: true,
    metafile: true,
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: false } },
    plugins: [aliasPlugin(), swcPlugin(changed)],
    logLevel: "warning",
  });
  return Object.keys(metafile.inputs);
}

if (process.argv[1] === import.meta.filename) await buildApp(process.argv[2]);
