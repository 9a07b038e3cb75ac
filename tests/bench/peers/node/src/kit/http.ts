import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type * as z from "zod";
import { required } from "./environment";
import { failed, invalid, Problem, unavailable } from "./problem";
import { Contended } from "./table";
import { logger, meter, report, Usage } from "./telemetry";

const MAX_BODY_BYTES = 256 * 1024;
const MAX_CORRELATION_CHARS = 64;
const MAX_KEY_CHARS = 128;
const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
const isProduction = required("STAGE") === "prod";

export interface Request {
  event: APIGatewayProxyEventV2;
  requestId: string;
  correlationId: string;
  sourceIp: string;
  /** Who calls, once that is proven. */
  callerId?: string;
}

export interface Reply {
  status: number;
  body: unknown;
  location?: string;
}

/** An endpoint as a Lambda function behind an HTTP API: whatever happens, the answer is a response and the log gets a line. */
export const endpoint =
  (handle: (request: Request) => Promise<Reply>) =>
  async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const started = performance.now();
    const request = requestOf(event);
    const usage = new Usage();
    const { requestId, correlationId } = request;
    const common = { "x-request-id": requestId, "x-correlation-id": correlationId, "cache-control": "no-store", "x-content-type-options": "nosniff" };
    let status: number, headers: Record<string, string>, body: string, problem: Problem | undefined;
    try {
      const reply = await meter.run(usage, () => handle(request));
      status = reply.status;
      headers = { "content-type": "application/json", ...(reply.location && { location: reply.location }) };
      body = JSON.stringify(reply.body);
    } catch (error) {
      problem = problemOf(error);
      status = problem.status;
      ({ headers, body } = problem.render(requestId));
    }
    const outcome = status >= 500 ? "failed" : status >= 400 ? "refused" : "ok";
    const error = problem?.extra.internal;
    const duration = report(
      { trigger: "http", requestId, correlationId, callerId: request.callerId, outcome, status, code: problem?.code, error },
      started,
      usage,
    );
    if (!isProduction) {
      headers["server-timing"] = `total;dur=${duration}, dynamodb;desc="${usage}"`;
    }
    return { statusCode: status, headers: { ...headers, ...common }, body, isBase64Encoded: false };
  };

function requestOf(event: APIGatewayProxyEventV2): Request {
  const { requestId, http } = event.requestContext;
  const asked = event.headers["x-correlation-id"] ?? "";
  // Ids go to logs and events: nothing in them may look like something else.
  const isPlain = asked.length <= MAX_CORRELATION_CHARS && /^[\w.:-]+$/.test(asked);
  return { event, requestId, correlationId: isPlain ? asked : requestId, sourceIp: http.sourceIp };
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) {
    return error;
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (error instanceof Contended || isTransient(error)) {
    return unavailable(text);
  }
  logger.error("an unexpected error", error as Error);
  return failed(text);
}

const isTransient = (error: unknown): boolean =>
  error instanceof Error &&
  ["ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException", "InternalServerError", "TimeoutError"].includes(error.name);

/** The request's JSON body. What is wrong with it is named field by field. */
export function readBody<T extends z.ZodType>({ event }: Request, schema: T): z.infer<T> {
  const type = event.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    throw new Problem(415, "request.not_json", "The body must be application/json");
  }
  const text = event.isBase64Encoded ? Buffer.from(event.body ?? "", "base64").toString() : (event.body ?? "");
  if (Buffer.byteLength(text) > MAX_BODY_BYTES) {
    throw new Problem(413, "request.too_large", "The body is too large", { detail: `at most ${MAX_BODY_BYTES} bytes` });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Problem(400, "request.unreadable", "The request cannot be read", { detail: `the body is not JSON: ${(error as Error).message}` });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) {
    return parsed.data;
  }
  throw invalid(parsed.error.issues.map(({ path, message }) => ({ field: path.join(".") || "body", message })));
}

/** The client's name for this attempt. */
export function idempotencyKey({ event }: Request): string {
  const key = event.headers["idempotency-key"];
  if (key === undefined) {
    throw new Problem(400, "request.idempotency_key_missing", "This request needs an Idempotency-Key");
  }
  if (key.length > MAX_KEY_CHARS || !/^[!-~]+$/.test(key)) {
    throw invalid([{ field: "Idempotency-Key", message: `must be 1 to ${MAX_KEY_CHARS} visible ASCII characters` }]);
  }
  return key;
}

/** Which page of a list is asked for: `?limit=20&cursor=…`. */
export function page({ event }: Request): { limit: number; cursor: string | undefined } {
  const { limit: text, cursor: encoded } = event.queryStringParameters ?? {};
  const limit = text === undefined ? DEFAULT_LIMIT : /^\d{1,3}$/.test(text) ? Number(text) : 0;
  const cursor = encoded === undefined ? undefined : Buffer.from(encoded, "base64url").toString();
  const errors = [];
  if (limit < 1 || limit > MAX_LIMIT) {
    errors.push({ field: "limit", message: `must be a number from 1 to ${MAX_LIMIT}` });
  }
  if (cursor === "") {
    errors.push({ field: "cursor", message: "is not a cursor that this list gave" });
  }
  if (errors.length > 0) {
    throw invalid(errors);
  }
  return { limit, cursor };
}

export const encodeCursor = (sortKey: string | undefined): string | null =>
  sortKey === undefined ? null : Buffer.from(sortKey).toString("base64url");
