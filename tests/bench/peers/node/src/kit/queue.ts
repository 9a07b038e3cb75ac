import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import * as z from "zod";
import { required } from "./environment";
import { meter, report, Usage } from "./telemetry";

const MAX_REASON_CHARS = 1_000;

const sqs = new SQSClient({ maxAttempts: 3, requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 } });
const QueueUrl = required("DLQ_URL");
const processor = new BatchProcessor(EventType.SQS);

/** What EventBridge puts in the queue around an event. */
const BusEvent = z.object({
  detail: z.object({
    type: z.string(),
    version: z.number().int(),
    occurredAt: z.iso.datetime({ offset: true }),
    correlationId: z.string(),
    data: z.unknown(),
  }),
});

export type BusEvent = z.infer<typeof BusEvent>["detail"];

/** It can never succeed: it goes to the dead-letter queue at once. */
export class Poison extends Error {}

/** A consumer as a Lambda function: answers for each event of a batch by itself. */
export const consumer = (consume: (event: BusEvent) => Promise<"applied" | "duplicate">) => {
  const one = async (record: SQSRecord, requestId: string): Promise<void> => {
    const started = performance.now();
    const usage = new Usage();
    const line = { trigger: "queue" as const, requestId, correlationId: "" };
    try {
      const event = read(record.body);
      line.correlationId = event.correlationId;
      const code = await meter.run(usage, () => consume(event));
      report({ ...line, outcome: "ok", code }, started, usage);
    } catch (error) {
      const poison = error instanceof Poison && (await bury(record.body, error.message));
      report({ ...line, outcome: "failed", code: poison ? "poison" : "retry", error: String(error) }, started, usage);
      if (!poison) {
        throw error;
      }
    }
  };
  return (event: SQSEvent, context: { awsRequestId: string }): Promise<SQSBatchResponse> =>
    processPartialResponse(event, (record: SQSRecord) => one(record, context.awsRequestId), processor, { throwOnFullBatchFailure: false });
};

function read(body: string): BusEvent {
  try {
    return BusEvent.parse(JSON.parse(body)).detail;
  } catch (error) {
    throw new Poison(`the message is no event: ${String(error)}`);
  }
}

/** Puts a message in the dead-letter queue. If that fails it comes again, and ends there by its number of tries. */
async function bury(MessageBody: string, reason: string): Promise<boolean> {
  const StringValue = reason.slice(0, MAX_REASON_CHARS);
  const MessageAttributes = { reason: { DataType: "String", StringValue } };
  try {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes }));
    return true;
  } catch {
    return false;
  }
}
