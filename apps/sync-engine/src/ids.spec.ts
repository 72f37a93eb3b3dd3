import { idOfCursor, knownId } from "./ids";

const ID = "0198f3d2-0000-7000-8000-000000000001";

it("takes ids, and nothing that PostgreSQL would not take for one", () => {
  expect([knownId(ID, "job"), idOfCursor(ID), idOfCursor(undefined)]).toEqual([ID, ID, null]);
  for (const text of ["", "x", "0198f3d2-0000-7000-8000-0000000000zz", `${ID}\u0000`, `${ID} `]) {
    expect(() => knownId(text, "job")).toThrow(expect.objectContaining({ code: "NOT_FOUND" }));
    expect(() => idOfCursor(text)).toThrow(expect.objectContaining({ code: "ERP008" }));
  }
});
