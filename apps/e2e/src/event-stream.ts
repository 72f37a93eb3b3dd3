import type { Job } from "@dovetail/contracts";
import { fetch } from "undici";

/** One server-sent event of a job. */
export interface JobEvent {
  event: string;
  job: Job;
}

/** Reads a job's events until the stream ends. */
export async function jobEvents(url: string, key: string, jobId: string): Promise<JobEvent[]> {
  const response = await fetch(`${url}/api/v1/erp/sync-jobs/${jobId}/events`, {
    headers: { authorization: `Bearer ${key}`, accept: "text/event-stream" },
  });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  const events: JobEvent[] = [];
  for (const block of (await response.text()).split("\n\n")) {
    const event = /^event: ?(.+)$/m.exec(block)?.[1];
    const data = /^data: ?(.+)$/m.exec(block)?.[1];
    if (event && data) events.push({ event, job: JSON.parse(data) as Job });
  }
  return events;
}
