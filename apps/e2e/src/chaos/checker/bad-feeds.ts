import type { BadRun } from "./bad-runs";
import { drop, first, is } from "./good-run";

/** What a consumer must not be told, or hold. */
export const BAD_FEEDS: BadRun[] = [
  {
    what: "a gap in the feed",
    law: "consumer",
    spoil: (history) => drop(history.consumer.feed, ({ data }) => data["key"] === "S1" && data["version"] === 2),
  },
  {
    what: "a feed that ends too early",
    law: "consumer",
    spoil: (history) => drop(history.consumer.feed, ({ data }) => data["key"] === "S2" && data["version"] === 2),
  },
  {
    what: "an ordinal left out",
    law: "consumer",
    spoil: (history) => (first(history.consumer.feed, () => true).of = 2),
  },
  {
    what: "an ordinal told twice",
    law: "consumer",
    spoil: (history) =>
      history.consumer.feed.splice(
        1,
        0,
        first(history.consumer.feed, () => true),
      ),
  },
  {
    what: "a version told at two places",
    law: "consumer",
    spoil: (history) =>
      history.consumer.feed.push({ ...first(history.consumer.feed, () => true), position: 999, id: "e999" }),
  },
  {
    what: "something heard that the feed does not tell",
    law: "consumer",
    spoil: (history) => history.consumer.events.push({ ...first(history.consumer.events, () => true), position: 999 }),
  },
  {
    what: "a consumer left behind",
    law: "consumer",
    spoil: (history) => (first(history.consumer.held, is("S1")).version -= 1),
  },
];
