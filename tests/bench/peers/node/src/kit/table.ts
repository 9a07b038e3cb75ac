import {
  ConditionalCheckFailedException,
  type ConsumedCapacity,
  DynamoDBClient,
  TransactionCanceledException,
} from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  type BatchGetCommandOutput,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { setTimeout as sleep } from "node:timers/promises";
import { required } from "./environment";
import type { Envelope } from "./events";
import { meter, Usage } from "./telemetry";

const client = DynamoDBDocumentClient.from(
  new DynamoDBClient({ maxAttempts: 3, requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 } }),
  { marshallOptions: { removeUndefinedValues: true } },
);
const TableName = required("TABLE_NAME");
const ReturnConsumedCapacity = "TOTAL";
const ReturnValuesOnConditionCheckFailure = "ALL_OLD";

/** How often keys are asked for again that DynamoDB left out of an answer. */
const MAX_BATCH_ATTEMPTS = 5;
/** How often a transaction is tried that meets another one on the same items. */
const MAX_TRANSACTION_ATTEMPTS = 8;

export interface Key {
  pk: string;
  sk: string;
}

/** What every item has. */
export interface Item extends Key {
  version: number;
  gsi1pk?: string;
  gsi1sk?: string;
  expires_at?: number;
  outbox?: string | undefined;
}

/** An item that is to be written; its version is given to it then. */
export type Fresh = Key & Record<string, unknown>;

/** A condition of a write did not hold; `items` are those that stood in the way, by the write's number. */
export class Conflict extends Error {
  constructor(private readonly items: (Record<string, unknown> | null)[]) {
    super("a condition did not hold");
  }

  failed(index: number): boolean {
    return this.items[index] != null;
  }

  item<T extends Item>(index: number): T | undefined {
    const item = this.items[index];
    return item && Object.keys(item).length > 0 ? (item as unknown as T) : undefined;
  }
}

/** Others were faster each time. */
export class Contended extends Error {}

export type Write = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];

export const outbox = (...events: Envelope[]): string | undefined =>
  events.length > 0 ? JSON.stringify(events) : undefined;

/** A new item, unless one stands there. */
export const create = (item: Fresh): Write => ({ Put: creation({ ...item, version: 1 }) });

/** An item in the place of the one that was read. */
export const replace = (read: Item, item: Fresh): Write => ({ Put: replacement(read, item) });

/** Only while no item stands there. */
export const absent = (Key: Key): Write => ({
  ConditionCheck: { TableName, Key, ConditionExpression: "attribute_not_exists(pk)", ReturnValuesOnConditionCheckFailure },
});

const creation = (Item: Item) => ({
  TableName,
  Item,
  ConditionExpression: "attribute_not_exists(pk)",
  ReturnValuesOnConditionCheckFailure,
}) as const;

const replacement = (read: Item, item: Fresh) => ({
  TableName,
  Item: { ...item, version: read.version + 1 },
  ConditionExpression: "version = :read",
  ExpressionAttributeValues: { ":read": read.version },
  ReturnValuesOnConditionCheckFailure,
}) as const;

export async function get<T extends Item>(Key: Key): Promise<T | undefined> {
  const command = new GetCommand({ TableName, Key, ConsistentRead: true, ReturnConsumedCapacity });
  const reply = await counted("read", () => client.send(command));
  return reply.Item as T | undefined;
}

/** Up to a hundred items of any kind in one round trip. */
export async function getMany(keys: Key[]): Promise<(key: Key) => Item | undefined> {
  const found = new Map<string, Item>();
  let left: Record<string, unknown>[] | undefined = keys.map(({ pk, sk }) => ({ pk, sk }));
  for (let attempt = 1; left; attempt += 1) {
    if (attempt > MAX_BATCH_ATTEMPTS) {
      throw new Contended("a batch read was cut short again and again");
    }
    const RequestItems = { [TableName]: { Keys: left, ConsistentRead: true } };
    const command = new BatchGetCommand({ RequestItems, ReturnConsumedCapacity });
    const reply: BatchGetCommandOutput = await counted("read", () => client.send(command));
    for (const item of (reply.Responses?.[TableName] ?? []) as Item[]) {
      found.set(`${item.pk}|${item.sk}`, item);
    }
    left = reply.UnprocessedKeys?.[TableName]?.Keys;
    if (left) {
      await pause(attempt);
    }
  }
  return ({ pk, sk }) => found.get(`${pk}|${sk}`);
}

/** Replaces an item that is still in the version that was read. */
export async function put(read: Item, item: Fresh): Promise<void> {
  const command = new PutCommand({ ...replacement(read, item), ReturnConsumedCapacity });
  try {
    await counted("write", () => client.send(command));
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) {
      throw new Conflict([error.Item ? unmarshall(error.Item) : {}]);
    }
    throw error;
  }
}

/** All of the writes, or none. */
export async function transact(...TransactItems: Write[]): Promise<void> {
  const command = () => new TransactWriteCommand({ TransactItems, ReturnConsumedCapacity });
  for (let attempt = 1; attempt <= MAX_TRANSACTION_ATTEMPTS; attempt += 1) {
    try {
      await counted("write", () => client.send(command()));
      return;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) {
        throw error;
      }
      const reasons = error.CancellationReasons ?? [];
      if (reasons.some((reason) => reason.Code === "ConditionalCheckFailed")) {
        const failed = (reason: (typeof reasons)[number]) => reason.Code === "ConditionalCheckFailed";
        throw new Conflict(reasons.map((reason) => (failed(reason) ? (reason.Item ? unmarshall(reason.Item) : {}) : null)));
      }
      if (!reasons.some((reason) => reason.Code === "TransactionConflict")) {
        throw error;
      }
      await pause(attempt);
    }
  }
  throw new Contended("the items were held by others");
}

/** Adds one to a counter that ends by itself. */
export async function countUp(Key: Key, attribute: string, endsAt: number): Promise<void> {
  const command = new UpdateCommand({
    TableName,
    Key,
    UpdateExpression: "ADD #count :one, version :one SET expires_at = :ends",
    ExpressionAttributeNames: { "#count": attribute },
    ExpressionAttributeValues: { ":one": 1, ":ends": endsAt },
    ReturnConsumedCapacity,
  });
  await counted("write", () => client.send(command));
}

export interface Page<T> {
  items: T[];
  next: string | undefined;
}

/** A page of the index, newest first. A cursor is the sort key of the last item of the page before. */
export async function listIndex<T extends Item>(pk: string, prefix: string, limit: number, after?: string): Promise<Page<T>> {
  if (after !== undefined && !after.startsWith(prefix)) {
    return { items: [], next: undefined };
  }
  const command = new QueryCommand({
    TableName,
    IndexName: "gsi1",
    KeyConditionExpression:
      after === undefined ? "gsi1pk = :pk AND begins_with(gsi1sk, :from)" : "gsi1pk = :pk AND gsi1sk BETWEEN :from AND :bound",
    ExpressionAttributeValues: { ":pk": pk, ":from": prefix, ":bound": after },
    ScanIndexForward: false,
    // One more than asked for, since the bound itself is the last item of the page before.
    Limit: limit + 1,
    ReturnConsumedCapacity,
  });
  const reply = await counted("read", () => client.send(command));
  const found = ((reply.Items ?? []) as T[]).filter((item) => item.gsi1sk !== after);
  const items = found.slice(0, limit);
  const more = reply.LastEvaluatedKey !== undefined || found.length > limit;
  return { items, next: more ? items.at(-1)?.gsi1sk : undefined };
}

/** Exponential with full jitter. */
export const pause = (attempt: number): Promise<void> =>
  sleep(1 + Math.random() * Math.min(10 * 2 ** (attempt - 1), 4_000));

/** Sends a call, and counts it with what it consumed. */
async function counted<T extends { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] | undefined }>(
  kind: "read" | "write",
  send: () => Promise<T>,
): Promise<T> {
  const usage = meter.getStore() ?? new Usage();
  const place = usage.rounds + 1;
  try {
    const reply = await send();
    for (const { CapacityUnits = 0, ReadCapacityUnits, WriteCapacityUnits } of [reply.ConsumedCapacity ?? []].flat()) {
      const isTold = ReadCapacityUnits !== undefined || WriteCapacityUnits !== undefined;
      usage.readUnits += isTold ? (ReadCapacityUnits ?? 0) : kind === "read" ? CapacityUnits : 0;
      usage.writeUnits += isTold ? (WriteCapacityUnits ?? 0) : kind === "write" ? CapacityUnits : 0;
    }
    return reply;
  } finally {
    usage.calls += 1;
    usage.rounds = Math.max(usage.rounds, place);
  }
}
