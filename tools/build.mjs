// esbuild bundles the workspace sources of one app (node_modules stay external);
// swc compiles TypeScript first because esbuild cannot emit decorator metadata.
import { build } from "esbuild";
import { transformSync } from "@swc/core";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
const root = resolve(import.meta.dirname, "..");
const app = process.argv[2];
const {
  compilerOptions: { paths },
} = JSON.parse(readFileSync(join(root, "tsconfig.base.json"), "utf8"));
const swcPlugin = {
  name: "swc",
  setup(b) {
    b.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const src = readFileSync(path, "utf8");
      if (!/@\w+\s*\(/.test(src)) return { contents: src, loader: "ts" };
      const { code } = transformSync(src, {
        filename: path,
        swcrc: false,
        configFile: false,
        sourceMaps: "inline",
        jsc: {
          parser: { syntax: "typescript", decorators: true },
          target: "es2022",
          keepClassNames: true,
          transform: {
            legacyDecorator: true,
            decoratorMetadata: true,
            useDefineForClassFields: false,
          },
        },
        module: { type: "es6" },
      });
      return { contents: code, loader: "js" };
    });
  },
};
const aliasPlugin = {
  name: "ws-alias",
  setup(b) {
    b.onResolve({ filter: /^@dovetail\// }, ({ path }) =>
      paths[path] ? { path: join(root, paths[path][0]) } : undefined,
    );
  },
};
await build({
  entryPoints: [join(root, app, "src/main.ts")],
  outfile: join(root, "dist", app, "main.js"),
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  packages: "external",
  sourcemap: true,
  keepNames: true,
  loader: { ".sql": "text" },
  tsconfigRaw: {
    compilerOptions: {
      experimentalDecorators: true,
      useDefineForClassFields: false,
    },
  },
  plugins: [aliasPlugin, swcPlugin],
  logLevel: "warning",
});
