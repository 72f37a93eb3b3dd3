import type { NestFastifyApplication } from "@nestjs/platform-fastify";

export function serveDocs(_app: NestFastifyApplication, _platformUrl: string): void {}
