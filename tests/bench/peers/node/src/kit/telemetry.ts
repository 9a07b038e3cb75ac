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
export interface Usage {
  calls: number;
  readUnits: number;
  writeUnits: number;
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

let first = true;

/** One line per invocation: an embedded metric with all that is known of it as metadata. */
export function report(outcome: Outcome, started: number, usage: Usage): number {
  const duration = Math.round((performance.now() - started) * 1e3) / 1e3;
  const failed = outcome.outcome === "failed";
  metrics.addMetric("durationMs", MetricUnit.Milliseconds, duration);
  metrics.addMetric("failures", MetricUnit.Count, failed ? 1 : 0);
  metrics.addMetric("dynamoCalls", MetricUnit.Count, usage.calls);
  metrics.addMetric("readUnits", MetricUnit.Count, usage.readUnits);
  metrics.addMetric("writeUnits", MetricUnit.Count, usage.writeUnits);
  const line = {
    timestamp: new Date().toISOString(),
    level: failed ? "ERROR" : "INFO",
    message: "invocation",
    function: process.env.AWS_LAMBDA_FUNCTION_NAME ?? "",
    coldStart: String(first),
    ...outcome,
  };
  first = false;
  for (const [name, value] of Object.entries(line)) {
    if (value !== undefined) {
      metrics.addMetadata(name, String(value));
    }
  }
  metrics.publishStoredMetrics();
  return duration;
}
