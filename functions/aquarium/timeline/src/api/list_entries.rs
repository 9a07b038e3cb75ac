//! `GET /v1/aquarium/aquariums/{id}/timeline`: the entries of a timeline by the time when they happened.

use axum::extract::State;
use jiff::{Timestamp, ToSpan};
use kit::auth::Caller;
use kit::http::{Fields, Id, Json, List, Page, Path, Problem, Query};
use serde::Deserialize;
use types::AquariumId;

use super::TimelineEntryView;
use crate::ctx::Ctx;
use crate::domain::entry::Entry;
use crate::problem::Refusal;

/// Maximum length of a type in the query in bytes.
const MAX_TYPE_BYTES: usize = 64;

/// Filter of entries, as it was sent.
#[derive(Debug, Deserialize)]
pub struct EntryFilter {
    kind: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

struct Filter {
    kind: Option<String>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl EntryFilter {
    fn parse(self) -> Result<Filter, Problem> {
        let mut fields = Fields::of_parameters();
        let kind = match self.kind {
            Some(kind) if kind.is_empty() || kind.len() > MAX_TYPE_BYTES => {
                fields.refuse("kind", format!("must be 1 to {MAX_TYPE_BYTES} bytes"));
                None
            }
            kind => kind,
        };
        let instant = |text: Option<&str>| text.map(types::time::parse).transpose();
        let from = fields.check("from", instant(self.from.as_deref()));
        let to = fields.check("to", instant(self.to.as_deref()));
        let (from, to) = fields.all((from, to))?;
        Ok(Filter { kind, from, to })
    }
}

impl Filter {
    fn is_before_start(&self, entry: &Entry) -> bool {
        let at = entry.amended.as_ref().map_or(entry.happened_at, |amended| amended.occurrence.happened_at);
        self.from.is_some_and(|from| at < from)
    }

    fn takes(&self, entry: &Entry) -> bool {
        self.kind.as_ref().is_none_or(|kind| *kind == entry.entry_type) && !self.is_before_start(entry)
    }
}

/// List entries
///
/// Returns the entries of the timeline of an aquarium by the time when they happened, newest first. Members of the aquarium can
/// read them. Retracted entries are included. Corrections and retractions are not: they show at the entry that they change. An
/// entry can take a second to appear. With `kind`, a page can have fewer items than `limit`, or none, although a next page
/// exists.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/timeline", operation_id = "list_entries", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("kind" = Option<String>, Query, description = "Only entries of this type, for example `water_change`", min_length = 1, max_length = 64),
        ("from" = Option<String>, Query, description = "Only entries that happened at this time or later", format = DateTime),
        ("to" = Option<String>, Query, description = "Only entries that happened before this time", format = DateTime),
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<TimelineEntryView>),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
    )
)]
pub async fn list_entries(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(Id { id }): Path<Id<AquariumId>>,
    Query(filter): Query<EntryFilter>,
    page: Page,
) -> Result<Json<List<TimelineEntryView>>, Problem> {
    let filter = filter.parse()?;
    // The index has milliseconds: the bound is exclusive, so it is rounded up.
    let before = filter.to.map(|to| to.checked_add(999_999.nanoseconds()).unwrap_or(Timestamp::MAX));
    let scope = ctx.store.scope(caller.user_id, id);
    let entries = ctx.store.entries_before(id, before, page.limit, page.cursor);
    let (scope, entries) = futures::join!(scope, entries);
    scope?.ok_or(Refusal::NoSuchAquarium)?;
    let entries = entries?;
    let is_over = entries.items.iter().any(|entry| filter.is_before_start(&entry.value));
    let taken = entries.items.iter().filter(|entry| filter.takes(&entry.value));
    let views = taken.map(|entry| TimelineEntryView::of(&entry.value, entry.version)).collect::<Result<_, _>>()?;
    Ok(Json(List::new(views, entries.next.as_ref().filter(|_| !is_over))))
}
