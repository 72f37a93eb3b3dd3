/**
 * What runs inside QuickJS before any expression: takes away clock, random, locale, code from text and shared state,
 * and answers with the loop over a batch. Values come and go as one JSON text; an exception belongs to one value.
 */
const HARNESS = String.raw`
(function () {
  "use strict";
  const parse = JSON.parse, stringify = JSON.stringify, text = String;
  const keys = Reflect.ownKeys, descriptor = Object.getOwnPropertyDescriptor;
  const freeze = Object.freeze, lock = Object.preventExtensions, InternalErrorType = InternalError;
  // Code from text is only reachable through the prototypes of functions: async ones do not exist here.
  for (const f of [function () {}, function* () {}]) delete Object.getPrototypeOf(f).constructor;
  delete Math.random;
  const Objects = Object;
  for (const type of [Array, Number, Objects]) delete type.prototype.toLocaleString;
  for (const name of ["localeCompare", "toLocaleLowerCase", "toLocaleUpperCase"]) delete String.prototype[name];
  for (const name of ["eval", "Function", "WeakMap", "WeakSet", "Iterator", "Reflect", "BigInt"]) delete globalThis[name];
  const seal = (object) => {
    for (const key of keys(object)) {
      const { value, get } = descriptor(object, key);
      if (typeof value === "function") lock(value);
      else if (get !== undefined) lock(get);
    }
    freeze(object);
  };
  for (const key of keys(globalThis)) {
    const object = globalThis[key];
    if (object === globalThis || object === null || (typeof object !== "object" && typeof object !== "function")) continue;
    seal(object);
    if (object.prototype !== undefined) seal(object.prototype);
  }
  for (const sample of [() => 1, function* () {}, [].values(), new Map().values(), new Set().values(), "".matchAll(/a/g), ""[Symbol.iterator]()]) {
    let proto = Objects.getPrototypeOf(sample);
    while (proto !== null && proto !== Objects.prototype) { seal(proto); proto = Objects.getPrototypeOf(proto); }
  }
  freeze(globalThis);
  return function (f, json, mark, block) {
    const values = parse(json), n = values.length, out = [], failed = [];
    let i = 0;
    const settle = (error) => {
      if (error instanceof InternalErrorType && /memory/.test(text(error.message))) throw error;
      let message = "";
      try { message = text(error).slice(0, 200); } catch { message = "an exception without text"; }
      out[i] = null;
      failed.push([i, message]);
    };
    const plain = (result) => {
      const type = typeof result;
      if (type === "undefined" || result === null) return null;
      if (type === "number") throw new RangeError("the result is not a finite number");
      const json = type === "object" ? stringify(result) : undefined;
      if (json === undefined) throw new TypeError("the result is a " + type);
      return parse(json);
    };
    for (let start = 0; start < n; start += block) {
      mark(start);
      const end = start + block < n ? start + block : n;
      for (i = start; i < end; i++) {
        try {
          const result = f(values[i]), type = typeof result;
          out[i] = type === "string" || type === "boolean" || (type === "number" && result - result === 0) ? result : plain(result);
        } catch (error) {
          settle(error);
        }
      }
    }
    return stringify([out, failed]);
  };
})()`;

/**
 * The worker thread as plain JavaScript text, so that it starts alike from a bundle and from a test runner.
 * A range of values runs in a fresh runtime. When a block of it meets the fuel, time or memory limit, the block's
 * values run again one by one: only the guilty ones fail.
 */
export const WORKER_SOURCE = String.raw`
"use strict";
const { parentPort, workerData } = require("node:worker_threads");
const quickjs = require(workerData.quickjs);
const HARNESS = workerData.harness;
const { limits } = workerData;
const progress = new Int32Array(workerData.progress);
const PAGE = 65536;
let module_;
async function load() {
  prepared = undefined;
  const wasmMemory = new WebAssembly.Memory({ initial: 256, maximum: (limits.memoryMb * 1048576) / PAGE });
  module_ = await quickjs.newQuickJSWASMModuleFromVariant(quickjs.newVariant(quickjs.RELEASE_SYNC, { wasmMemory }));
}
const unwrap = (context, result) => {
  if (!result.error) return result.value;
  const shown = context.dump(result.error);
  result.error.dispose();
  throw new Error(shown && shown.message ? shown.message : String(shown));
};
// Fewer built-ins: no clock, no promises, nothing shared, and a context that is made in half the time.
const intrinsics = { BaseObjects: true, Eval: true, StringNormalize: true, RegExp: true, RegExpCompiler: true, JSON: true, MapSet: true };
let prepared;
function prepare() {
  const runtime = module_.newRuntime();
  const box = { runtime, fuel: limits.fuel, since: Date.now(), interrupted: false };
  runtime.setMemoryLimit(limits.memoryMb * 1048576 * 0.75);
  runtime.setMaxStackSize(limits.stackKb * 1024);
  runtime.setInterruptHandler(() => {
    if (--box.fuel < 0 || Date.now() - box.since > limits.valueMs) box.interrupted = true;
    return box.interrupted;
  });
  box.context = runtime.newContext({ intrinsics });
  box.run = unwrap(box.context, box.context.evalCode(HARNESS, "harness.js"));
  return box;
}
let interrupted = false;
function runRange(expression, json, offset, block) {
  const box = prepared || prepare();
  prepared = undefined;
  interrupted = false;
  const { context, runtime } = box;
  const handles = [box.run];
  const own = (handle) => (handles.push(handle), handle);
  const renew = () => { box.fuel = limits.fuel; box.since = Date.now(); };
  renew();
  try {
    const f = own(unwrap(context, context.evalCode('(function () { "use strict"; return (value) => (\n' + expression + "\n); })()", "expression.js")));
    const mark = own(context.newFunction("mark", (handle) => {
      renew();
      Atomics.store(progress, 0, offset + context.getNumber(handle));
      Atomics.add(progress, 2, 1);
    }));
    const text = own(context.newString(json));
    const size = own(context.newNumber(block));
    const answer = own(unwrap(context, context.callFunction(box.run, context.undefined, f, text, mark, size)));
    return context.getString(answer);
  } finally {
    interrupted = box.interrupted;
    for (const handle of handles.reverse()) handle.dispose();
    context.dispose();
    runtime.dispose();
  }
}
async function attempt(expression, json, offset, block) {
  Atomics.store(progress, 0, offset);
  Atomics.store(progress, 1, block);
  Atomics.add(progress, 2, 1);
  try {
    return { text: runRange(expression, json, offset, block) };
  } catch (error) {
    const cause = interrupted ? "the expression ran too long"
      : /memory/i.test(String(error && error.message)) ? "the expression used too much memory"
      : String((error && error.message) || error).slice(0, 200);
    // Whatever went wrong may have left the interpreter unsound: the next range gets a new one.
    await load();
    return { cause };
  }
}
async function evaluate({ id, expression, json, offset, single }) {
  const started = Date.now();
  const values = () => (parsed ??= JSON.parse(json));
  let parsed, from = 0;
  const send = (at, count, text) => parentPort.postMessage({ id, at: offset + at, count, text });
  const fail = (at, cause) => send(at, 1, JSON.stringify([[null], [[0, cause]]]));
  const slice = (start, end) => JSON.stringify(values().slice(start, end));
  const late = () => Date.now() - started > limits.batchMs;
  const oneByOne = async (start, end) => {
    for (let k = start; k < end; k++) {
      const result = late() ? { cause: "the batch ran too long" } : await attempt(expression, slice(k, k + 1), offset + k, 1);
      if (result.text === undefined) fail(k, result.cause);
      else send(k, 1, result.text);
    }
  };
  while (!single) {
    const result = late() ? {} : await attempt(expression, from === 0 ? json : slice(from), offset + from, limits.block);
    if (result.text !== undefined) return send(from, -1, result.text);
    const suspect = Math.max(from, Atomics.load(progress, 0) - offset);
    if (suspect > from) {
      const before = await attempt(expression, slice(from, suspect), offset + from, limits.block);
      if (before.text === undefined) await oneByOne(from, suspect);
      else send(from, suspect - from, before.text);
    }
    from = Math.min(suspect + limits.block, values().length);
    await oneByOne(suspect, from);
    if (from === values().length) return;
  }
  await oneByOne(0, values().length);
}
let turn = load();
parentPort.on("message", (message) => {
  turn = turn.then(() => evaluate(message)).then(() => {
    parentPort.postMessage({ id: message.id, done: true });
    prepared ??= prepare();
  });
});
`;

export const HARNESS_SOURCE = HARNESS;
