//! `POST /v1/search/events`: counts a click or a conversion.

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::http::{Fields, Invocation, Json, NoContent, Problem};
use kit::limits::subject_hash;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::ctx::EventContext;
use crate::domain::figures::EventKind;
use crate::domain::limits::EVENTS;
use crate::domain::report::day_of;
use crate::domain::search_id::SearchId;
use crate::store::{EventMark, FIGURE_PARTS, FigurePart, NotCounted};

/// What a visitor did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SearchEventKind {
    /// The visitor opened the document.
    Click,
    /// The visitor bought it, or did whatever else the search was for.
    Conversion,
}

/// A click on a hit, or a conversion.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SearchEvent {
    /// Search ID, as the search returned it.
    #[schema(min_length = 1, max_length = 2_048, example = "eyJjIjoicHJvZHVjdHMifQ")]
    search_id: String,
    /// What the visitor did.
    kind: SearchEventKind,
    /// ID of the document, which must be one of the hits of the response.
    #[schema(min_length = 1, max_length = 128, example = "019a0c6e-5b1d-7e64-8b1f-402e3d5c6b71")]
    document_id: String,
}

/// Record a search event
///
/// Counts a click on a hit, or a conversion. The position comes from the signed search ID. Nothing personal is stored: no user,
/// no network address, and no text that looks like an e-mail address or a long number. Public: no authentication. A network address
/// can send 120 events per minute. Idempotent: an event that the same address sends again is not counted.
#[utoipa::path(
    post, path = "/v1/search/events", operation_id = "record_search_event", tag = "search",
    request_body = SearchEvent,
    responses(
        (status = 204, description = "Counted"),
        (status = 429, description = "`request.limit_exceeded`: the network address sent 120 events within a minute; retry after `Retry-After` seconds"),
    )
)]
pub async fn record_search_event(
    State(ctx): State<&'static EventContext>,
    call: Invocation,
    Json(body): Json<SearchEvent>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let mut fields = Fields::new();
    let search = fields.check("searchId", SearchId::verify(&body.search_id, &ctx.key, now));
    let (search,) = fields.all((search,))?;
    let mut fields = Fields::new();
    let position = search.position(&body.document_id);
    let position =
        fields.check("documentId", position.ok_or("must be the ID of a hit of the response with this searchId"));
    let (position,) = fields.all((position,))?;
    let kind = match body.kind {
        SearchEventKind::Click => EventKind::Click,
        SearchEventKind::Conversion => EventKind::Conversion,
    };
    let source = subject_hash(&[&call.source_ip]);
    let hash = subject_hash(&[&body.search_id, &body.document_id, &format!("{kind:?}"), &call.source_ip]);
    let (day, part) = (day_of(now), part_of(&hash));
    let mark = EventMark { hash, at: now };
    let mut retry = ConflictRetry::default();
    loop {
        let read = ctx.store.figure_part(&search.collection, day, part).await?;
        let known = read.as_ref().map(|read| read.value.clone());
        let mut next = known.unwrap_or_else(|| FigurePart::new(&search.collection, day, part));
        next.figures.add_event(kind, search.query.as_deref(), position);
        match ctx.store.count_event((read.as_ref(), &next), &mark, (EVENTS, &source)).await {
            Ok(()) | Err(NotCounted::Known) => return Ok(NoContent),
            Err(NotCounted::NotAllowed(refused)) => return Err(refused.into()),
            Err(NotCounted::Conflict) => retry.pause().await?,
        }
    }
}

/// Clicks are spread over the parts of a day.
fn part_of(hash: &str) -> u8 {
    hash.bytes().fold(0, |sum: u8, byte| sum.wrapping_add(byte)) % FIGURE_PARTS
}
