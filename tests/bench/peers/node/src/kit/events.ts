import { newId } from "./ids";

/** What every published event is wrapped in. */
export interface Envelope {
  id: string;
  type: string;
  version: number;
  occurredAt: string;
  correlationId: string;
  actor: { kind: "user"; id: string } | { kind: "anonymous" };
  subject: string;
  data: unknown;
}

/** Who asked, for the events that a request causes. */
export interface Cause {
  correlationId: string;
  callerId?: string | undefined;
}

export const envelope = (cause: Cause, at: Date, type: string, subject: string, data: unknown): Envelope => ({
  id: newId(),
  type,
  version: 1,
  occurredAt: at.toISOString(),
  correlationId: cause.correlationId,
  actor: cause.callerId ? { kind: "user", id: cause.callerId } : { kind: "anonymous" },
  subject,
  data,
});
