import "reflect-metadata";
import { processEnvironment } from "@dovetail/service-kit";
import { main } from "./platform-process";

void main(process.argv.slice(2), processEnvironment());
