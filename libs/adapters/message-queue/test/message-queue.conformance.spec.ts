import { describeAdapterConformance } from "@dovetail/adapter-conformance";
import { queueHarness } from "./queue-harness";
import { memoryPlace, natsPlace } from "./queue-places";

describe("on NATS", () => describeAdapterConformance(queueHarness(natsPlace)));
describe("on a broker in memory", () => describeAdapterConformance(queueHarness(memoryPlace)));
