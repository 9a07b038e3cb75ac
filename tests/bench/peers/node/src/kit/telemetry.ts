import { AsyncLocalStorage } from "node:async_hooks";
import { Logger } from "@aws-lambda-powertools/logger";
import { MetricUnit, Metrics } from "@aws-lambda-powertools/metrics";
import { required } from "./environment";

export const logger = new Logger({ serviceName: required("SERVICE_NAME") });

const metrics = new Metrics({
  namespace: "Atoll",
  serviceName: required("SERVICE_NAME"),
  defaultDimensions: { stage: required("STAGE") },
});

/** What an invocation asks of the table. */
export class Usage {
  calls = 0;
  /** The longest chain of calls of which each began after the one before had ended. */
  rounds = 0;
  readUnits = 0;
  writeUnits = 0;

  toString(): string {
    return `calls=${this.calls} rounds=${this.rounds} read=${this.readUnits} write=${this.writeUnits}`;
  }
}

export const meter = new AsyncLocalStorage<Usage>();

export interface Outcome {
  trigger: "http" | "queue";
  requestId: string;
  correlationId: string;
  callerId?: string | undefined;
  outcome: "ok" | "refused" | "failed";
  status?: number;
  code?: string | undefined;
  error?: string | undefined;
}

let coldStart = true;

/** One line per invocation; that of a failure is an embedded metric too. Gives the milliseconds since `started`. */
export function report(outcome: Outcome, started: number, usage: Usage): number {
  const durationMs = Math.round((performance.now() - started) * 1e3) / 1e3;
  const line = {
    ...outcome,
    function: process.env.AWS_LAMBDA_FUNCTION_NAME,
    stage: required("STAGE"),
    coldStart,
    durationMs,
    dynamoCalls: usage.calls,
    dynamoRounds: usage.rounds,
    readUnits: usage.readUnits,
    writeUnits: usage.writeUnits,
  };
  coldStart = false;
  if (outcome.outcome === "failed") {
    count({ ...line, level: "ERROR", message: "invocation", timestamp: new Date().toISOString() });
  } else {
    logger.info("invocation", line);
  }
  return durationMs;
}

function count({ stage, ...line }: Record<string, unknown> & { stage: string }): void {
  metrics.addMetric("failures", MetricUnit.Count, 1);
  for (const [name, value] of Object.entries(line)) {
    if (value !== undefined) {
      metrics.addMetadata(name, String(value));
    }
  }
  metrics.publishStoredMetrics();
}
