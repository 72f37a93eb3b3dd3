// Lints texts as if they stood in the given files: [{ filePath, text }] on standard input, their faults on standard output.
import { ESLint } from "eslint";
import { text } from "node:stream/consumers";

const eslint = new ESLint();
const answers = [];
for (const { filePath, text: code } of JSON.parse(await text(process.stdin))) {
  const [result] = await eslint.lintText(code, { filePath });
  answers.push(result.messages.map(({ ruleId, message }) => `${ruleId}: ${message}`));
}
process.stdout.write(JSON.stringify(answers));
