// Loaded by -r into a service that a bench runs as a process of its own: it ends with the bench, whatever ends that,
// and writes a CPU profile of what happens between two messages.
const { writeFileSync } = require("node:fs");
const { Session } = require("node:inspector");

process.on("disconnect", () => process.exit(0));
let session;
process.on("message", ({ profile, file }) => {
  if (profile === "start") {
    session = new Session();
    session.connect();
    session.post("Profiler.enable");
    session.post("Profiler.setSamplingInterval", { interval: 500 });
    session.post("Profiler.start", () => process.send({ profile: "started" }));
  } else if (profile === "stop") {
    session.post("Profiler.stop", (error, answer) => {
      if (!error) writeFileSync(file, JSON.stringify(answer.profile));
      session.disconnect();
      process.send({ profile: "stopped" });
    });
  }
});
