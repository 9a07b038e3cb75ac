//! `POST /v1/aquarium/aquariums/{id}/timeline`: appends entries. Requires `Idempotency-Key`.
//!
//! Emits `timeline.entries_appended.v1`.

use axum::extract::State;
use calendar::ZoneName;
use contracts::timeline::{AppendedEntry, EntriesAppended};
use dynamo::Outbox;
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Created, Fields, Id, IdempotencyKey, IfMatch, Invocation, Json, Path, Problem};
use kit::openapi::OptionalIfMatch;
use serde::{Deserialize, Serialize};
use types::{AquariumId, UserId};
use utoipa::ToSchema;

use super::command::{Command, Decided, Written, salt};
use super::{TimelineEntryView, parsing};
use crate::ctx::Ctx;
use crate::domain::content::Content;
use crate::domain::entry::Entry;
use crate::domain::stream::{Author, Draft, MAX_ENTRIES_PER_APPEND};
use crate::store::Opened;

/// Request to append entries.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AppendEntries {
    /// Time zone of the local dates of the entries (IANA).
    #[schema(min_length = 1, max_length = 64, example = "Europe/Berlin")]
    time_zone: String,
    /// Entries, 1 to 20. They are appended in this order, all or none.
    #[schema(min_items = 1, max_items = 20)]
    entries: Vec<NewEntry>,
}

/// An entry to append.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewEntry {
    /// What happened.
    content: Content,
    /// Time when it happened, from the year 2000 to five minutes in the future. Defaults to now.
    #[serde(default, serialize_with = "types::time::optional_millis")]
    happened_at: Option<Timestamp>,
    /// Note.
    #[schema(min_length = 1, max_length = 500, example = "Salinity was a little low.")]
    note: Option<String>,
}

/// Appended entries.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppendedEntries {
    /// The entries, with their sequence numbers.
    items: Vec<TimelineEntryView>,
    /// Sequence number of the last one. Send it as `atLeast` to read views that include it.
    #[schema(example = 7)]
    last_seq: u64,
}

impl AppendEntries {
    fn parse(self, now: Timestamp) -> Result<Vec<Draft>, Problem> {
        let mut fields = Fields::new();
        let zone = fields.check("timeZone", ZoneName::parse(&self.time_zone));
        if !(1..=MAX_ENTRIES_PER_APPEND).contains(&self.entries.len()) {
            fields.refuse("entries", format!("must have 1 to {MAX_ENTRIES_PER_APPEND} items"));
        }
        let mut drafts = Vec::new();
        for (index, entry) in self.entries.into_iter().enumerate() {
            let path = format!("entries[{index}]");
            let content = parsing::content(&mut fields, &format!("{path}.content"), entry.content);
            let happened_at = parsing::happened(entry.happened_at.unwrap_or(now), now);
            let happened_at = fields.check(&format!("{path}.happenedAt"), happened_at);
            let note = entry.note.as_deref().map(parsing::note).transpose();
            let note = fields.check(&format!("{path}.note"), note);
            if let (Some(content), Some(happened_at), Some(note), Some(zone)) = (content, happened_at, note, &zone) {
                drafts.push(Draft { content, happened_at, zone: zone.clone(), note });
            }
        }
        fields.all((zone,))?;
        Ok(drafts)
    }
}

/// Append entries
///
/// Appends entries to the timeline of an aquarium, and publishes `timeline.entries_appended.v1`. The owner and keepers of the
/// aquarium can append. Entries can be back-dated: the timeline is ordered by `happenedAt`, the log by `seq`. Entries never
/// change; they are corrected or retracted by later ones. With `If-Match`, the sequence number of the last entry in quotation
/// marks, entries are appended only if nothing was appended since. Limit: 1,000 changes of timelines per user and day.
/// Idempotent by `Idempotency-Key` for 30 days, also if `If-Match` differs.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/timeline", operation_id = "append_entries", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        IdempotencyKey,
        OptionalIfMatch,
    ),
    request_body = AppendEntries,
    responses(
        (status = 201, description = "Entries appended", body = AppendedEntries),
        (status = 403, description = "`timeline.role_too_low`: only the owner and keepers can append"),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
        (status = 409, description = "`timeline.newer_entries`: a newer version of the service has written to this timeline; retry after `Retry-After` seconds"),
        (status = 412, description = "`request.version_changed`: entries were appended since"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request"),
        (status = 429, description = "`request.limit_exceeded`: the user changed timelines and tasks 1,000 times today; retry after `Retry-After` seconds"),
        (status = 503, description = "`timeline.rebuilding`: the state of the timeline is being computed again; retry after `Retry-After` seconds"),
    )
)]
pub async fn append_entries(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    key: IdempotencyKey,
    if_match: Option<IfMatch>,
    Path(path): Path<Id<AquariumId>>,
    Json(body): Json<AppendEntries>,
) -> Result<Created<AppendedEntries>, Problem> {
    let now = parsing::in_millis(ctx.clock.now());
    let command = Command::new("append_entries", &standing, &key, path.id, &body, now)?;
    let drafts = body.parse(now)?;
    let author = Author { user_id: standing.user_id(), now };
    let written = command.run(ctx, &standing, |opened, stream, _| {
        if let Some(if_match) = if_match {
            if_match.check(opened.last_seq())?;
        }
        let salts = drafts.iter().map(|_| salt()).collect::<Result<_, _>>()?;
        let (entries, stream) = stream.append(drafts.clone(), &author, salts)?;
        let outbox = Outbox::of(call.event(now, appended(path.id, opened.scope.owner_id(), &entries)))?;
        Ok(Decided { entries, target: None, stream, outbox })
    });
    let items = match written.await? {
        Written::Now(entries, _) => entries.iter().map(|entry| TimelineEntryView::of(entry, 1)).collect(),
        Written::Before(opened, mark) => written_before(ctx, &opened, mark.first_seq, mark.last_seq).await,
    };
    let items: Vec<TimelineEntryView> = items?;
    let (first_seq, last_seq) = (items.first().map_or(0, |first| first.seq), items.last().map_or(0, |last| last.seq));
    let location = format!("/v1/aquarium/aquariums/{}/timeline/entries/{first_seq}", path.id);
    Ok(Created::at(location, AppendedEntries { items, last_seq }))
}

/// The event that entries were appended.
pub fn appended(aquarium_id: AquariumId, owner_id: UserId, entries: &[Entry]) -> EntriesAppended {
    let entries = entries.iter().map(|entry| AppendedEntry {
        seq: entry.seq,
        entry_type: entry.entry_type.clone(),
        happened_at: entry.happened_at,
    });
    EntriesAppended { aquarium_id, owner_id, entries: entries.collect() }
}

async fn written_before(ctx: &Ctx, opened: &Opened, first: u64, last: u64) -> Result<Vec<TimelineEntryView>, Problem> {
    let entries = ctx.store.entries_between(&opened.scope, first, last).await?;
    entries.iter().map(|entry| TimelineEntryView::of(&entry.value, entry.version)).collect()
}
