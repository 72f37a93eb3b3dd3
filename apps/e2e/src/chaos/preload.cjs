// Loaded by -r into each service of a chaos run: it ends with the run, whatever ends that, and its wall clock is wrong by
// CHAOS_CLOCK_OFFSET_MS. Monotonic clocks go as they go.
process.on("disconnect", () => process.exit(0));

const offset = Number(process.env.CHAOS_CLOCK_OFFSET_MS ?? 0);
if (offset !== 0) {
  const Right = Date;
  const now = () => Right.now() + offset;
  globalThis.Date = new Proxy(Right, {
    construct: (target, args) => Reflect.construct(target, args.length > 0 ? args : [now()]),
    apply: () => new Right(now()).toString(),
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  });
}
