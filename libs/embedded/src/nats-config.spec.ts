import { serverConfig, usersConfig } from "./nats-config";

it("writes users with what they may do", () => {
  const text = usersConfig([
    { user: "all", password: 'quo"te\\' },
    {
      user: "t",
      password: "$2a$11$x",
      publish: ["mes.t.>"],
      subscribe: ["erp.t.>"],
      denySubscribe: ["erp.t.x"],
      allowResponses: true,
    },
    { user: "mute", password: "p", publish: [] },
  ]);
  expect(text).toContain(
    'user: "all", password: "quo\\"te\\\\", permissions: { publish: { allow: [">"] }, subscribe: { allow: [">"] } }',
  );
  expect(text).toContain(
    'publish: { allow: ["mes.t.>"] }, subscribe: { allow: ["erp.t.>"], deny: ["erp.t.x"] }, allow_responses: true',
  );
  expect(text).toContain('publish: { deny: [">"] }');
});

it("refuses what would break out of a string", () => {
  expect(() => usersConfig([{ user: "a\n}", password: "p" }])).toThrow("control characters");
});

it("turns monitoring off and takes payloads of 4 MB", () => {
  const text = serverConfig({ port: 4222, storeDir: "/x y", usersFile: "users.conf", serverName: "n" });
  expect(text).toContain("max_payload: 4MB");
  expect(text).toContain('store_dir: "/x y"');
  expect(text).not.toMatch(/http/);
});
