import ts from "typescript";
import { files, isShipped, serviceNames, typescript, type SourceFile } from "./workspace";

/** Subjects of the bus: what begins with one of its roots and goes on with a dot. */
const SUBJECT = /^(log|mes)\.[\w*$>-]+\.|^dovetail\.[\w$-]+\.[\w*$>-]|^erp\.[\w*$-]+\.([\w*$-]+\.|>)/;
/** Where subjects are made: contracts declares them, messaging carries them; the sample stands outside, as a module does. */
const SUBJECTS_LIVE_IN = /^(libs\/(contracts|messaging)|apps\/mes-sample)\//;

it("no subject of the bus is written outside contracts and messaging", () => {
  const written = typescript()
    .filter(({ path }) => isShipped(path) && !SUBJECTS_LIVE_IN.test(path))
    .flatMap((file) => texts(file).filter(({ text }) => SUBJECT.test(text)))
    .map(({ place, text }) => `${place}: ${text}`);
  expect(written).toEqual([]);
});

it("the environment is read in service-kit alone", () => {
  const allowed = [
    "libs/service-kit/src/environment.ts",
    // A run of tests and its workers find each other by variables.
    "libs/testing/src/temporary-folder.ts",
    "libs/testing/src/test-database.ts",
  ];
  const reading = [...typescript(), ...files(["apps", "libs"], ".mjs")].filter(
    ({ path, text }) =>
      /\bprocess\s*(\.\s*env\b|\[\s*["']env["'])/.test(text) && !path.startsWith("tools/") && !isTest(path),
  );
  expect(reading.map(({ path }) => path).filter((path) => !allowed.includes(path))).toEqual([]);
});

it("no service names another one's schema in its SQL", () => {
  const services = serviceNames();
  const faults = services.flatMap((service) => {
    const others = services.filter((other) => other !== service).map((other) => other.replaceAll("-", "_"));
    const foreign = new RegExp(`\\b(${others.join("|")})\\.[a-z_]+`);
    const folder = `apps/${service}`;
    const sql = files([`${folder}/migrations`], ".sql").map(({ path, text }) => ({ place: path, text }));
    const statements = files([`${folder}/src`], ".ts")
      .flatMap(texts)
      .filter(({ text }) => /\b(select|insert|update|delete|from|join|call)\b/i.test(text));
    return [...sql, ...statements].flatMap(({ place, text }) => {
      const found = foreign.exec(text.replaceAll(/--.*$/gm, ""));
      return found ? [`${place}: ${found[0]}`] : [];
    });
  });
  expect(faults).toEqual([]);
});

it("createHmac stands in one file", () => {
  const makers = typescript().filter(({ path, text }) => isShipped(path) && /\bcreateHmac\s*\(/.test(text));
  expect(makers.map(({ path }) => path)).toEqual(["libs/crypto/src/hmac.ts"]);
});

function isTest(path: string): boolean {
  return /\.(int-|e2e-)?spec\.ts$|\.interop\.ts$|\/test\/|^apps\/e2e\//.test(path);
}

/** The texts in a file: string literals, and templates with `$` for what is filled in. */
function texts(file: SourceFile): { place: string; text: string }[] {
  const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ES2022, true);
  const found: { place: string; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    // A symbol's description names nothing on the bus.
    if (ts.isCallExpression(node) && node.expression.getText(source) === "Symbol") return;
    const text = ts.isStringLiteralLike(node)
      ? node.text
      : ts.isTemplateExpression(node)
        ? node.head.text + node.templateSpans.map((span) => `$${span.literal.text}`).join("")
        : undefined;
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    if (text !== undefined) found.push({ place: `${file.path}:${line + 1}`, text });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
