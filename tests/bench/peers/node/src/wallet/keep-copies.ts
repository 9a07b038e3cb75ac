/** On events of identity and of points: keeps what the wallet must know of people and points. */
import * as z from "zod";
import { type BusEvent, consumer, Poison } from "../kit/queue";
import { absent, Conflict, Contended, create, get, type Item, type Key, pause, replace, transact } from "../kit/table";

const MAX_ATTEMPTS = 6;

interface Person extends Item {
  user_id: string;
  suspended: boolean;
  judged_at?: string;
}

interface Point extends Item {
  point_id: string;
  name?: string | undefined;
  keeper_id?: string | undefined;
  removed: boolean;
  revision: number;
}

const User = z.object({ userId: z.guid() });
const PointState = z.object({ pointId: z.guid(), name: z.string(), keeperId: z.guid().optional(), revision: z.number().int() });
const PointGone = z.object({ pointId: z.guid(), revision: z.number().int() });

async function keepCopies(event: BusEvent): Promise<"applied" | "duplicate"> {
  return (await keepOne(event)) ? "applied" : "duplicate";
}

function keepOne(event: BusEvent): Promise<boolean> {
  switch (`${event.type}.v${event.version}`) {
    case "identity.user_registered.v1":
      return keepPerson(decode(User, event).userId);
    case "identity.user_suspended.v1":
      return keepJudgement(decode(User, event).userId, true, event.occurredAt);
    case "identity.user_restored.v1":
      return keepJudgement(decode(User, event).userId, false, event.occurredAt);
    case "points.point_created.v1":
    case "points.point_updated.v1": {
      const { pointId, name, keeperId, revision } = decode(PointState, event);
      return keepPoint(pointId, revision, () => ({ name, keeper_id: keeperId, removed: false }));
    }
    case "points.point_removed.v1": {
      const { pointId, revision } = decode(PointGone, event);
      return keepPoint(pointId, revision, (known) => ({ name: known?.name, keeper_id: known?.keeper_id, removed: true }));
    }
    default:
      throw new Poison(`no use for ${event.type}.v${event.version}`);
  }
}

function decode<T extends z.ZodType>(schema: T, { type, data }: BusEvent): z.infer<T> {
  const parsed = schema.safeParse(data);
  if (!parsed.success) {
    throw new Poison(`${type}: ${parsed.error.message}`);
  }
  return parsed.data;
}

const personKey = (userId: string): Key => ({ pk: `wallet#user#${userId}`, sk: "person" });

const keepPerson = (user_id: string): Promise<boolean> =>
  keep<Person>(personKey(user_id), user_id, (known) => (known ? undefined : { user_id, suspended: false }));

const keepJudgement = (user_id: string, suspended: boolean, judged_at: string): Promise<boolean> =>
  keep<Person>(personKey(user_id), user_id, (known) =>
    known?.judged_at && Date.parse(known.judged_at) >= Date.parse(judged_at) ? undefined : { user_id, suspended, judged_at },
  );

/** Of a point's changes the one with the greatest number stands. */
const keepPoint = (
  point_id: string,
  revision: number,
  state: (known: Point | undefined) => Pick<Point, "name" | "keeper_id" | "removed">,
): Promise<boolean> =>
  keep<Point>({ pk: `wallet#point#${point_id}`, sk: "point" }, undefined, (known) =>
    known && known.revision >= revision ? undefined : { point_id, ...state(known), revision },
  );

/** Changes a copy as `decide` says: false if there is nothing to change, or the person is forgotten. */
async function keep<T extends Item>(
  key: Key,
  person: string | undefined,
  decide: (known: T | undefined) => Omit<T, keyof Item> | undefined,
): Promise<boolean> {
  let read = await get<T>(key);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const next = decide(read);
    if (!next) {
      return false;
    }
    const item = { ...key, ...next };
    const unlessForgotten = person === undefined ? [] : [absent({ pk: key.pk, sk: "forgotten" })];
    try {
      await transact(read ? replace(read, item) : create(item), ...unlessForgotten);
      return true;
    } catch (error) {
      if (!(error instanceof Conflict)) {
        throw error;
      }
      if (error.failed(1)) {
        return false;
      }
      read = error.item<T>(0);
    }
    await pause(attempt);
  }
  throw new Contended("others were faster each time");
}

export const handler = consumer(keepCopies);
