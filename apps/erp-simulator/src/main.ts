import { readConfig } from "./config";
import { startSimulator } from "./start";

void startSimulator({ ...readConfig(), log: (line) => process.stdout.write(`${line}\n`) }).then((running) => {
  const end = () => void running.stop().then(() => process.exit(0));
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
});
