/**
 * What runs inside QuickJS before any expression: takes away clock, random, locale, code from text and shared state,
 * and answers with the loop over a batch. Values come and go as one JSON text; an exception belongs to one value.
 */
const HARNESS = String.raw`
(function () {
  "use strict";
  const parse = JSON.parse, stringify = JSON.stringify, isFinite = Number.isFinite, text = String;
  const InternalErrorType = typeof InternalError === "undefined" ? undefined : InternalError;
  const names = Object.getOwnPropertyNames, descriptor = Object.getOwnPropertyDescriptor;
  const freeze = Object.freeze, protoOf = Object.getPrototypeOf;
  // Constructors of code: only reachable through the prototypes of the four kinds of function.
  for (const f of [function () {}, function* () {}, async function () {}, async function* () {}]) {
    delete protoOf(f).constructor;
  }
  for (const name of ["Date", "Intl", "eval", "Function", "Promise", "Proxy", "WeakRef", "WeakMap", "WeakSet",
    "FinalizationRegistry", "SharedArrayBuffer", "Atomics", "performance", "console", "navigator", "queueMicrotask",
    "DOMException", "Iterator", "gc", "print", "scriptArgs", "std", "os"]) delete globalThis[name];
  delete Math.random;
  const seen = new Set();
  const harden = (object) => {
    if (object === null || (typeof object !== "object" && typeof object !== "function") || seen.has(object)) return;
    seen.add(object);
    for (const name of names(object)) {
      if (/locale/i.test(name)) { delete object[name]; continue; }
      const d = descriptor(object, name);
      harden(d.value); harden(d.get); harden(d.set);
    }
    harden(protoOf(object));
    freeze(object);
  };
  harden(globalThis);
  for (const sample of [[].values(), new Map().values(), new Set().values(), "".matchAll(/a/g), ""[Symbol.iterator](),
    function* () {}, function* () {}(), async function () {}, async function* () {}]) harden(protoOf(sample));
  return function (f, json, mark, block) {
    const values = parse(json), n = values.length, out = [], failed = [];
    for (let i = 0; i < n; i++) {
      if (i % block === 0) mark(i);
      try {
        let result = f(values[i]);
        const type = typeof result;
        if (type === "number") {
          if (!isFinite(result)) { failed.push([i, "the result is not a finite number"]); result = null; }
        } else if (type === "object") {
          if (result !== null) {
            const plain = stringify(result);
            if (plain === undefined) throw new TypeError("the result is not a JSON value");
            result = parse(plain);
          }
        } else if (type === "undefined") result = null;
        else if (type !== "string" && type !== "boolean") throw new TypeError("the result is a " + type);
        out[i] = result;
      } catch (error) {
        if (InternalErrorType !== undefined && error instanceof InternalErrorType && /memory/.test(text(error.message))) throw error;
        let message = "";
        try { message = text(error).slice(0, 200); } catch { message = "an exception without text"; }
        out[i] = null;
        failed.push([i, message]);
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
  const wasmMemory = new WebAssembly.Memory({ initial: 256, maximum: (limits.memoryMb * 1048576) / PAGE });
  module_ = await quickjs.newQuickJSWASMModuleFromVariant(quickjs.newVariant(quickjs.RELEASE_SYNC, { wasmMemory }));
}
const unwrap = (context, result) => {
  if (!result.error) return result.value;
  const shown = context.dump(result.error);
  result.error.dispose();
  throw new Error(shown && shown.message ? shown.message : String(shown));
};
let interrupted;
function runRange(expression, json, offset, block) {
  const runtime = module_.newRuntime();
  interrupted = undefined;
  let fuel = limits.fuel, since = Date.now();
  runtime.setMemoryLimit(limits.memoryMb * 1048576 * 0.75);
  runtime.setMaxStackSize(limits.stackKb * 1024);
  runtime.setInterruptHandler(() => {
    if (--fuel < 0 || Date.now() - since > limits.valueMs) interrupted = "the expression ran too long";
    return interrupted !== undefined;
  });
  const context = runtime.newContext();
  const handles = [];
  const own = (handle) => (handles.push(handle), handle);
  try {
    const run = own(unwrap(context, context.evalCode(HARNESS, "harness.js")));
    const f = own(unwrap(context, context.evalCode('(function () { "use strict"; return (value) => (\n' + expression + "\n); })()", "expression.js")));
    const mark = own(context.newFunction("mark", (handle) => {
      fuel = limits.fuel;
      since = Date.now();
      Atomics.store(progress, 0, offset + context.getNumber(handle));
      Atomics.add(progress, 2, 1);
    }));
    const text = own(context.newString(json));
    const size = own(context.newNumber(block));
    const answer = own(unwrap(context, context.callFunction(run, context.undefined, f, text, mark, size)));
    return context.getString(answer);
  } finally {
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
    const cause = interrupted !== undefined ? interrupted
      : /memory/i.test(String(error && error.message)) ? "the expression used too much memory"
      : String((error && error.message) || error).slice(0, 200);
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
  turn = turn.then(() => evaluate(message)).then(() => parentPort.postMessage({ id: message.id, done: true }));
});
`;

export const HARNESS_SOURCE = HARNESS;
