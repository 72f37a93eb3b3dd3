import { ConflictException, ImATeapotException, NotFoundException, ServiceUnavailableException } from "@nestjs/common";
import { ProblemError } from "@dovetail/contracts";
import { DomainError } from "@dovetail/domain";
import { problemOf } from "./problem-of";

function named(name: string): Error {
  return Object.assign(new Error("connect 10.0.0.1"), { name });
}

describe("problem document of an error", () => {
  it("keeps a problem and adds its place", () => {
    const error = new ProblemError("STALE", "Version 3 is current.", { current: { version: 3 } });
    expect(problemOf(error, { instance: "/a", traceId: "t" })).toEqual({
      ...error.problem,
      instance: "/a",
      traceId: "t",
    });
  });

  it("names the field of a broken rule and masks its value", () => {
    expect(problemOf(new DomainError("too long", "custom.apiToken", "maxLength", "hunter2"))).toMatchObject({
      code: "ERP008",
      status: 422,
      detail: "too long",
      errors: [{ field: "custom.apiToken", rule: "maxLength", value: "***", code: "ERP008" }],
    });
  });

  it("lists all problems of a mapping and passes the suggestion on", () => {
    const problems = [1, 2].map((n) => ({ field: `mappings[${n}]`, rule: "exists", value: "X", message: `no ${n}` }));
    const error = Object.assign(new Error("no 1"), {
      code: "ERP003",
      ...problems[0],
      problems,
      suggestion: "PO_TOTAL",
    });
    expect(problemOf(error)).toMatchObject({
      code: "ERP003",
      resolution: "Did you mean PO_TOTAL?",
      errors: [{ field: "mappings[1]" }, { field: "mappings[2]" }],
    });
  });

  it.each([
    [new NotFoundException("no such thing"), 404, "NOT_FOUND"],
    [new ConflictException("taken"), 409, "CONFLICT"],
    [new ImATeapotException("short"), 418, "ERP008"],
    [new ServiceUnavailableException("db 10.0.0.1"), 503, "UNAVAILABLE"],
    [Object.assign(new Error("from a library"), { expose: true, statusCode: 403 }), 403, "FORBIDDEN"],
    [named("DatabaseUnavailableError"), 503, "UNAVAILABLE"],
    [named("CommitUnknownError"), 503, "UNAVAILABLE"],
    [Object.assign(new Error("select 10.0.0.1"), { statusCode: 404 }), 500, "INTERNAL"],
    [Object.assign(new Error("adapter 10.0.0.1"), { code: "ERP008" }), 500, "INTERNAL"],
    [{ code: "ERP008", message: "10.0.0.1" }, 500, "INTERNAL"],
    [undefined, 500, "INTERNAL"],
  ])("%s becomes %d %s", (error, status, code) => {
    const problem = problemOf(error);
    expect(problem).toMatchObject({ status, code, type: `/problems/${code}`, title: expect.any(String) });
    if (status >= 500) expect(problem.detail).not.toContain("10.0.0.1");
  });
});
