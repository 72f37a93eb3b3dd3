import { PermissionViolationError, type NatsConnection } from "@nats-io/transport-node";
import { eventually } from "@dovetail/testing";

/** Which of the subjects a module's connection may not publish to; the broker told it so. */
export async function refusedPublishes(connection: NatsConnection, subjects: readonly string[]): Promise<string[]> {
  const refused = new Set<string>();
  void listen(connection, refused);
  for (const subject of subjects) connection.publish(subject, "{}");
  await connection.flush();
  // The last one is surely refused: what was refused before it has been told by then.
  connection.publish("last.of.all", "{}");
  await eventually(() => refused.has("last.of.all"));
  return subjects.filter((subject) => refused.has(subject));
}

async function listen(connection: NatsConnection, refused: Set<string>): Promise<void> {
  for await (const status of connection.status())
    if (
      status.type === "error" &&
      status.error instanceof PermissionViolationError &&
      status.error.operation === "publish"
    )
      refused.add(status.error.subject);
}

/** Which of the subjects a module's connection may not subscribe to. */
export async function refusedSubscriptions(connection: NatsConnection, subjects: readonly string[]): Promise<string[]> {
  const refused = new Set<string>();
  const subscriptions = [...subjects, "last.of.all"].map((subject) =>
    connection.subscribe(subject, { callback: (error) => void (error && refused.add(subject)) }),
  );
  await eventually(() => refused.has("last.of.all"));
  for (const subscription of subscriptions) subscription.unsubscribe();
  return subjects.filter((subject) => refused.has(subject));
}
