import { arrives } from "./adventureworks/arrivals";
import { hasAdventureWorks, NO_ADVENTUREWORKS } from "./adventureworks/data";
import { fileRoot, localPlaces } from "./adventureworks/places";
import { World } from "./world";

const root = fileRoot();
let world: World;

const PLACES = localPlaces(root);

if (!hasAdventureWorks) it("is skipped", () => console.warn(NO_ADVENTUREWORKS));

(hasAdventureWorks ? describe : describe.skip)("a manufacturer's purchasing data", () => {
  beforeAll(async () => {
    world = await World.open({ local: true, env: { ERP_FILE_ROOTS: root } });
  }, 60_000);
  afterAll(async () => {
    await world?.close();
  });
  describe.each(Object.entries(PLACES))("through %s", (name, start) => arrives(name, start, () => world));
});
