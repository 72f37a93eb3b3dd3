import { ConfigError } from "@dovetail/service-kit";
import { gatewayConfig } from "./config";

const GOOD = {
  DATABASE_URL: "postgres://gateway:pw@127.0.0.1/dovetail",
  GATEWAY_DISPATCH_URL: "postgres://gateway_dispatch:pw@127.0.0.1/dovetail",
  NATS_URL: "nats://127.0.0.1:4222",
  GATEWAY_KEYS: "k".repeat(43),
  OPERATOR_KEY: "o".repeat(20),
};

describe("gatewayConfig", () => {
  it("needs five variables and has a default for every other", () => {
    expect(gatewayConfig.load(GOOD)).toMatchObject({
      PORT: 3001,
      HOST: "127.0.0.1",
      WEBHOOK_PORT: undefined,
      SESSION_TTL: 12 * 3_600_000,
      KEY_CACHE: 10_000,
      ERP_LOG_LEVEL: "info",
    });
  });

  it("names every bad variable and shows no secret", () => {
    let message = "";
    try {
      gatewayConfig.load({ ...GOOD, NATS_URL: "http://x", OPERATOR_KEY: "hunter2", DATABASE_URL: undefined });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      message = error.message;
    }
    for (const name of ["NATS_URL", "OPERATOR_KEY", "DATABASE_URL"]) expect(message).toContain(name);
    expect(message).not.toContain("hunter2");
  });
});
