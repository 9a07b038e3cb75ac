/** `GET /v1/community/points/{id}/events`: a point's care events, the latest first. */
import * as z from "zod";
import { authenticate } from "../kit/caller";
import { encodeCursor, endpoint, page, type Reply, type Request } from "../kit/http";
import { notFound } from "../kit/problem";
import { listIndex } from "../kit/table";
import { type CareEvent, eventView, reportedKey } from "./care-event";

const Id = z.guid().toLowerCase();

async function listPointEvents(request: Request): Promise<Reply> {
  await authenticate(request);
  const id = Id.safeParse(request.event.pathParameters?.id);
  if (!id.success) {
    throw notFound("request.no_such_path");
  }
  const { limit, cursor } = page(request);
  const { pk, prefix } = reportedKey(id.data);
  const events = await listIndex<CareEvent>(pk, prefix, limit, cursor);
  return { status: 200, body: { items: events.items.map(eventView), nextCursor: encodeCursor(events.next) } };
}

export const handler = endpoint(listPointEvents);
