import { uuidv7 } from "./index";

it("makes rising, distinct UUIDs of version 7", () => {
  const before = Date.now();
  const ids = Array.from({ length: 20_000 }, uuidv7);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const time = Number.parseInt((ids[0] ?? "").replace("-", "").slice(0, 12), 16);
  expect(time).toBeGreaterThanOrEqual(before);
  expect(time - before).toBeLessThan(1000);
});

it("keeps rising when the clock goes back", () => {
  const now = jest.spyOn(Date, "now").mockReturnValue(Date.now() + 5000);
  const first = uuidv7();
  now.mockReturnValue(0);
  const second = uuidv7();
  now.mockRestore();
  expect(second > first).toBe(true);
});
