/** `POST /v1/community/events`: reports what somebody did or saw at a point. Needs `Idempotency-Key`. */
import * as z from "zod";
import { authenticate } from "../kit/caller";
import { envelope } from "../kit/events";
import { endpoint, idempotencyKey, type Reply, type Request, readBody } from "../kit/http";
import { deriveId } from "../kit/ids";
import { invalid, notFound, Problem } from "../kit/problem";
import { absent, Conflict, Contended, create, getMany, outbox, replace, transact } from "../kit/table";
import {
  askedBy,
  type CareEvent,
  type Circumstances,
  checkCooldown,
  type Cooldown,
  cooldownKey,
  decide,
  eventKey,
  eventView,
  itemsOf,
  type Report,
  type Reported,
} from "./care-event";

const MAX_NOTE_CHARS = 500;
const MAX_PHOTOS = 4;
const MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000;
const MAX_CLOCK_AHEAD_MS = 60_000;

const CreateEvent = z.strictObject({
  pointId: z.guid().toLowerCase(),
  eventTypeId: z.guid().toLowerCase(),
  note: z
    .string()
    .transform((text) => text.trim().replaceAll("\r\n", "\n"))
    .pipe(z.string().min(1, "must not be empty").max(MAX_NOTE_CHARS, `is longer than ${MAX_NOTE_CHARS} characters`))
    .refine((text) => !/[^\P{Cc}\n]/u.test(text), "must not contain control characters")
    .optional(),
  photoMediaIds: z
    .array(z.guid())
    .refine((ids) => ids.length <= MAX_PHOTOS && new Set(ids).size === ids.length, `must be at most ${MAX_PHOTOS} different pictures`)
    .default([]),
  occurredAt: z.iso.datetime({ offset: true }).optional(),
  location: z.strictObject({ lat: z.number().min(-90).max(90), lng: z.number().min(-180).max(180) }).optional(),
});

async function createEvent(request: Request): Promise<Reply> {
  const authorId = await authenticate(request);
  const id = deriveId("create_event", authorId, idempotencyKey(request));
  const body = readBody(request, CreateEvent);
  const now = new Date();
  const report: Report = { ...body, id, authorId, occurredAt: body.occurredAt && occurred(body.occurredAt, now) };
  const { before, ...known } = await knownOf(report);
  if (before) {
    return sameAsBefore(before, report);
  }
  const { event, cooldown, place } = decide(report, known, now);
  const fact = envelope(request, now, "events.event_reported", id, {
    eventId: id,
    pointId: event.point_id,
    userId: authorId,
    eventTypeId: event.event_type_id,
    code: event.code,
    typeName: event.type_name,
    pointName: place.name,
    occurredAt: event.occurred_at,
    reward: event.reward,
  });
  const { item, own } = itemsOf(event);
  try {
    await transact(
      create({ ...item, outbox: outbox(fact) }),
      create(own),
      absent({ pk: own.pk, sk: "forgotten" }),
      ...(cooldown ? [known.cooldown ? replace(known.cooldown, cooldown) : create(cooldown)] : []),
    );
  } catch (error) {
    return afterConflict(error, report, now);
  }
  return created(event);
}

function occurred(text: string, now: Date): string {
  const age = now.getTime() - Date.parse(text);
  if (age < -MAX_CLOCK_AHEAD_MS || age > MAX_AGE_MS) {
    throw invalid([{ field: "occurredAt", message: "must not be in the future, and at most 7 days ago" }]);
  }
  return new Date(now.getTime() - Math.max(age, 0)).toISOString();
}

/** All that a decision stands on, in one read. */
async function knownOf(report: Report): Promise<Circumstances & { before: CareEvent | undefined }> {
  const { authorId, pointId, eventTypeId } = report;
  const author = `events#user#${authorId}`;
  const keys = {
    before: eventKey(report.id),
    standing: { pk: author, sk: "standing" },
    point: { pk: `events#point#${pointId}`, sk: "copy" },
    kind: { pk: `events#type#${eventTypeId}`, sk: "type" },
    cooldown: cooldownKey(report),
  };
  const photos = report.photoMediaIds.map((id) => ({ pk: author, sk: `medium#${id}` }));
  const found = await getMany([...Object.values(keys), ...photos]);
  return {
    before: found(keys.before) as CareEvent | undefined,
    standing: found(keys.standing) as Circumstances["standing"],
    point: found(keys.point) as Circumstances["point"],
    kind: found(keys.kind) as Circumstances["kind"],
    cooldown: found(keys.cooldown) as Cooldown | undefined,
    photos: photos.map(found).filter((photo) => photo !== undefined) as Circumstances["photos"],
  };
}

/** Somebody was faster: perhaps the same request. */
function afterConflict(error: unknown, report: Report, now: Date): Reply {
  if (!(error instanceof Conflict)) {
    throw error;
  }
  const before = error.item<CareEvent>(0);
  if (before) {
    return sameAsBefore(before, report);
  }
  if (error.failed(2)) {
    throw notFound("events.no_such_user");
  }
  checkCooldown(error.item<Cooldown>(3), now);
  throw new Contended("the cooldown changed meanwhile");
}

const created = (event: Reported): Reply => ({
  status: 201,
  location: `/v1/community/events/${event.id}`,
  body: eventView(event),
});

/** A repeat gets what the first try made, if it asks for the same; what was removed since is not made again. */
function sameAsBefore(before: CareEvent, report: Report): Reply {
  if (before.removed_until !== undefined) {
    throw notFound("events.no_such_event");
  }
  if (before.asked !== askedBy(report)) {
    throw new Problem(422, "events.key_reused", "This Idempotency-Key has asked for something else");
  }
  return created(before);
}

export const handler = endpoint(createEvent);
