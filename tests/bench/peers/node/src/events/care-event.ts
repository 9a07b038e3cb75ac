import { deriveId } from "../kit/ids";
import { notFound, Problem } from "../kit/problem";
import type { Item, Key } from "../kit/table";

const EARTH_RADIUS_M = 6_371_008.8;

export interface GeoPoint {
  lat: number;
  lng: number;
}

export interface Money {
  amountMinor: number;
  currency: string;
}

/** A care event: what somebody did or saw at a point. */
export interface CareEvent extends Item {
  id: string;
  point_id: string;
  author_id?: string;
  event_type_id: string;
  code: string;
  type_name: string;
  note?: string | undefined;
  photo_media_ids?: string[] | undefined;
  occurred_at: string;
  reported_at: string;
  reward?: Money | undefined;
  asked?: string;
  removed_until?: number;
}

/** An event without what every item has. */
export type Reported = Omit<CareEvent, keyof Item>;

export interface Cooldown extends Item {
  user_id: string;
  point_id: string;
  event_type_id: string;
  until: string;
}

export interface EventType extends Item {
  id: string;
  code: string;
  name: string;
  reward?: Money;
  cooldown_minutes: number;
  max_distance_m?: number;
  retired: boolean;
}

export interface PointCopy extends Item {
  place?: { name: string; location: GeoPoint };
}

/** What somebody says that they did or saw. */
export interface Report {
  id: string;
  authorId: string;
  pointId: string;
  eventTypeId: string;
  note?: string | undefined;
  photoMediaIds: string[];
  occurredAt?: string | undefined;
  location?: GeoPoint | undefined;
}

/** What the decision on a report stands on. */
export interface Circumstances {
  standing: (Item & { suspended: boolean }) | undefined;
  point: PointCopy | undefined;
  kind: EventType | undefined;
  cooldown: Cooldown | undefined;
  photos: (Item & { media_id: string; published: boolean })[];
}

/** Whole milliseconds in a fixed width sort as times do. */
const millis = (at: string): string => String(Date.parse(at)).padStart(15, "0");

export const eventKey = (id: string): Key => ({ pk: `events#event#${id}`, sk: "event" });
export const cooldownKey = ({ authorId, pointId, eventTypeId }: Report): Key => ({
  pk: `events#user#${authorId}`,
  sk: `cooldown#${pointId}#${eventTypeId}`,
});
/** Where the index lists a point's events. */
export const reportedKey = (pointId: string) => ({ pk: `events#reported#${pointId}`, prefix: "at#" });

/** The event itself, which the index lists, and its author's own copy. */
export function itemsOf(event: Reported) {
  const place = `${millis(event.occurred_at)}#${event.id}`;
  const { pk, prefix } = reportedKey(event.point_id);
  return {
    item: { ...eventKey(event.id), gsi1pk: pk, gsi1sk: prefix + place, ...event },
    own: { pk: `events#user#${event.author_id}`, sk: `event#${place}`, ...event },
  };
}

/** Stands for what is asked, for a repeat under the same key. */
export const askedBy = ({ pointId, eventTypeId, note, photoMediaIds, occurredAt }: Report): string =>
  deriveId("events.report", pointId, eventTypeId, note ?? "", photoMediaIds.join(","), occurredAt ?? "");

const coolingDown = (until: string) =>
  new Problem(409, "events.cooling_down", "The same was reported here a short time ago", {
    detail: `it can be reported again from ${until} on`,
  });

/** Refuses a report while the cooldown of the one before lasts. */
export function checkCooldown(cooldown: Cooldown | undefined, now: Date): void {
  if (cooldown && Date.parse(cooldown.until) > now.getTime()) {
    throw coolingDown(cooldown.until);
  }
}

/** The event, and the cooldown that begins, if the rules allow it. */
export function decide(report: Report, known: Circumstances, now: Date) {
  if (known.standing?.suspended) {
    throw new Problem(403, "events.suspended", "This account is suspended");
  }
  const place = known.point?.place;
  if (!place) {
    throw notFound("events.no_such_point");
  }
  const kind = known.kind;
  if (!kind) {
    throw notFound("events.no_such_event_type");
  }
  if (kind.retired) {
    throw new Problem(409, "events.type_retired", "This kind of event was retired");
  }
  if (kind.max_distance_m !== undefined) {
    if (!report.location) {
      throw new Problem(422, "events.location_missing", "This kind of event asks for the location of its author");
    }
    if (metres(report.location, place.location) > kind.max_distance_m) {
      const detail = `this kind of event asks its author to be within ${kind.max_distance_m} metres of the point`;
      throw new Problem(422, "events.too_far", "The point is too far away", { detail });
    }
  }
  if (!report.photoMediaIds.every((id) => known.photos.some((photo) => photo.media_id === id && photo.published))) {
    throw new Problem(422, "events.photo_not_published", "Only published pictures of one's own can be shown");
  }
  checkCooldown(known.cooldown, now);
  return { event: eventOf(report, kind, now), cooldown: cooldownOf(report, kind, now), place };
}

function eventOf(report: Report, kind: EventType, now: Date): Reported {
  return {
    id: report.id,
    point_id: report.pointId,
    author_id: report.authorId,
    event_type_id: kind.id,
    code: kind.code,
    type_name: kind.name,
    note: report.note,
    photo_media_ids: report.photoMediaIds.length > 0 ? report.photoMediaIds : undefined,
    occurred_at: report.occurredAt ?? now.toISOString(),
    reported_at: now.toISOString(),
    reward: kind.reward,
    asked: askedBy(report),
  };
}

function cooldownOf(report: Report, { cooldown_minutes }: EventType, now: Date): Omit<Cooldown, "version"> | undefined {
  if (cooldown_minutes === 0) {
    return undefined;
  }
  const until = new Date(now.getTime() + cooldown_minutes * 60_000);
  return {
    ...cooldownKey(report),
    user_id: report.authorId,
    point_id: report.pointId,
    event_type_id: report.eventTypeId,
    until: until.toISOString(),
    expires_at: Math.floor(until.getTime() / 1000),
  };
}

/** The great-circle distance, by the haversine formula. */
function metres(from: GeoPoint, to: GeoPoint): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const byLat = radians(to.lat - from.lat) / 2;
  const byLng = radians(to.lng - from.lng) / 2;
  const chord = Math.sin(byLat) ** 2 + Math.cos(radians(from.lat)) * Math.cos(radians(to.lat)) * Math.sin(byLng) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(Math.sqrt(chord), 1));
}

/** An event as everybody sees it. */
export const eventView = (event: Reported) => ({
  id: event.id,
  pointId: event.point_id,
  authorId: event.author_id,
  eventTypeId: event.event_type_id,
  code: event.code,
  typeName: event.type_name,
  note: event.note,
  photoMediaIds: event.photo_media_ids ?? [],
  occurredAt: event.occurred_at,
  reportedAt: event.reported_at,
  reward: event.reward,
});
