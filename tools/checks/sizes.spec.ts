import ts from "typescript";
import { files, isShipped, lineCount, typescript, type SourceFile } from "./workspace";

const MOST_LINES = 300;
/** Cases are read one by one. */
const MOST_SPEC_LINES = 500;
/** Written by a program, read by one. */
const GENERATED = new Set(["libs/api-client/src/generated.ts"]);
const MOST_FUNCTION_LINES = 50;
const MOST_DEPENDENCIES = 5;
const MOST_MAIN_LINES = 15;
const SPEC = /\.(int-|e2e-)?spec\.ts$|\.interop\.ts$/;

it("no source file is longer than 300 lines", () => {
  const most = (path: string): number => (SPEC.test(path) ? MOST_SPEC_LINES : MOST_LINES);
  const all = [...typescript(), ...files(["tools", "libs", "apps"], ".mjs")].filter(({ path }) => !GENERATED.has(path));
  const long = all.filter(({ path, text }) => lineCount(text) > most(path));
  expect(long.map(({ path, text }) => `${path}: ${lineCount(text)}`)).toEqual([]);
});

it("no function is longer than 50 lines", () => {
  const code = typescript().filter(({ path }) => isShipped(path) || /^(tools\/(?!interop)|libs\/testing)/.test(path));
  expect(code.filter(({ path }) => !SPEC.test(path)).flatMap(longFunctions)).toEqual([]);
});

it("no class takes more than five dependencies", () => {
  expect(
    typescript()
      .filter(({ path }) => isShipped(path))
      .flatMap(wideConstructors),
  ).toEqual([]);
});

it("every main.ts fits in 15 lines", () => {
  const mains = files(["apps"], "/main.ts").filter(({ text }) => lineCount(text) > MOST_MAIN_LINES);
  expect(mains.map(({ path }) => path)).toEqual([]);
});

function parse({ path, text }: SourceFile): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
}

function find(source: ts.SourceFile, look: (node: ts.Node) => string | undefined): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const fault = look(node);
    if (fault !== undefined) found.push(fault);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function longFunctions(file: SourceFile): string[] {
  const source = parse(file);
  const line = (position: number): number => source.getLineAndCharacterOfPosition(position).line + 1;
  return find(source, (node) => {
    if (!ts.isFunctionLike(node) || !("body" in node) || !node.body) return undefined;
    // A text with gaps, such as the SQL of a table: nothing to follow.
    if (isText(node.body as ts.Node)) return undefined;
    const start = line(node.getStart(source));
    const length = line(node.end) - start + 1;
    return length > MOST_FUNCTION_LINES ? `${file.path}:${start}: ${length} lines` : undefined;
  });
}

function wideConstructors(file: SourceFile): string[] {
  return find(parse(file), (node) =>
    ts.isConstructorDeclaration(node) && node.parameters.length > MOST_DEPENDENCIES
      ? `${file.path}: ${node.parameters.length}`
      : undefined,
  );
}

function isText(body: ts.Node): boolean {
  if (ts.isTemplateExpression(body)) return true;
  const [only] = ts.isBlock(body) && body.statements.length === 1 ? body.statements : [];
  return (
    only !== undefined && ts.isReturnStatement(only) && !!only.expression && ts.isTemplateExpression(only.expression)
  );
}
