import { applyDecorators, HttpCode } from "@nestjs/common";
import { ApiHeader, ApiOperation, ApiResponse } from "@nestjs/swagger";
import { PROBLEM_CODES, type ProblemCode } from "@dovetail/contracts";
import type { SchemaName } from "./schemas";

/** What a client is told about a route. Without `answer`, `page` and `list` the answer is 204. */
export interface RouteDescription {
  summary: string;
  /** The answer is one of these. */
  answer?: SchemaName;
  /** The answer is a page of these: {items, next}. */
  page?: SchemaName;
  /** The answer is {items} of these with `next` null, or a bare list. */
  list?: SchemaName;
  /** 200 when absent. */
  status?: number;
  /** Beside those that every route can meet. */
  problems?: readonly ProblemCode[];
  ifMatch?: boolean;
  idempotent?: boolean;
  /** The answer is a stream of server-sent events. */
  stream?: boolean;
  /** Everybody may call it: no 401 and 403. */
  open?: boolean;
}

const ALWAYS: readonly ProblemCode[] = ["LIMITED", "UNAVAILABLE", "INTERNAL"];
const CLOSED: readonly ProblemCode[] = ["AUTH_REQUIRED", "FORBIDDEN"];

/** Documents a route and sets its status. */
export function Describe(route: RouteDescription): MethodDecorator {
  const empty = !route.answer && !route.page && !route.list && !route.stream;
  const status = route.status ?? (empty ? 204 : 200);
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ summary: route.summary }),
    ApiResponse({ status, description: empty ? "Done" : "The answer", ...contentOf(route) }),
    ...problemResponses([...(route.problems ?? []), ...(route.open ? [] : CLOSED), ...ALWAYS]),
    ...(route.ifMatch ? [DescribeIfMatch()] : []),
    ...(route.idempotent ? [DescribeIdempotent()] : []),
  );
}

/** Documents the Idempotency-Key header. */
export function DescribeIdempotent(): MethodDecorator {
  return ApiHeader({
    name: "Idempotency-Key",
    required: false,
    description: "Names the request for 24 hours: repeating it gives the same answer and no second effect.",
    schema: { type: "string", maxLength: 200 },
  });
}

function DescribeIfMatch(): MethodDecorator {
  return ApiHeader({
    name: "If-Match",
    required: false,
    description: "The ETag that the change assumes; another version answers 412 STALE.",
    schema: { type: "string", examples: ['"7"'] },
  });
}

function contentOf(route: RouteDescription): object {
  if (route.stream)
    return { content: { "text/event-stream": { schema: { type: "string", description: "Server-sent events" } } } };
  const name = route.answer ?? route.page ?? route.list;
  if (!name) return {};
  const item = { $ref: `#/components/schemas/${name}` };
  return { content: { "application/json": { schema: route.answer ? item : pageSchema(item) } } };
}

function pageSchema(item: object): object {
  return {
    type: "object",
    required: ["items", "next"],
    properties: {
      items: { type: "array", items: item },
      next: { type: ["string", "null"], description: "cursor of the next page; null on the last one" },
    },
  };
}

/** One response per status, naming the codes that it can carry. */
function problemResponses(codes: readonly ProblemCode[]): MethodDecorator[] {
  const byStatus = new Map<number, Set<ProblemCode>>();
  for (const code of codes) {
    const { status } = PROBLEM_CODES[code];
    byStatus.set(status, (byStatus.get(status) ?? new Set()).add(code));
  }
  return [...byStatus].map(([status, set]) =>
    ApiResponse({
      status,
      description: [...set].map((code) => `${code}: ${PROBLEM_CODES[code].title}`).join("; "),
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    }),
  );
}
