import { describeAdapterConformance } from "@dovetail/adapter-conformance";
import { queueHarness } from "./queue-harness";

describeAdapterConformance(queueHarness());
