//! `POST /v1/aquarium/aquariums/{id}/timeline/entries/{seq}/corrections`: corrects an entry. Requires `Idempotency-Key` and
//! `If-Match`.
//!
//! Emits `timeline.entry_corrected.v1`.

use axum::extract::State;
use contracts::timeline::EntryCorrected;
use dynamo::Outbox;
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Created, Fields, IdempotencyKey, IfMatch, Invocation, Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::AquariumId;
use utoipa::ToSchema;

use super::command::{Command, Decided, Written, missing, salt};
use super::{EntryPath, TimelineEntryView, parsing};
use crate::ctx::Ctx;
use crate::domain::content::Content;
use crate::domain::stream::{Amendment, Author};
use crate::problem::Refusal;

/// Request to correct an entry.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CorrectEntry {
    /// New content, complete, of the type of the entry.
    content: Content,
    /// New time when it happened, from the year 2000 to five minutes in the future. Unchanged if absent.
    #[serde(default, serialize_with = "types::time::optional_millis")]
    happened_at: Option<Timestamp>,
    /// Reason for the correction.
    #[schema(min_length = 1, max_length = 500, example = "Read the wrong scale.")]
    note: Option<String>,
}

impl CorrectEntry {
    fn parse(self, now: Timestamp) -> Result<(Amendment, Option<String>), Problem> {
        let mut fields = Fields::new();
        let content = parsing::content(&mut fields, "content", self.content);
        let happened_at = self.happened_at.map(|at| parsing::happened(at, now)).transpose();
        let happened_at = fields.check("happenedAt", happened_at);
        let note = fields.check("note", self.note.as_deref().map(parsing::note).transpose());
        let (content, happened_at, note) = fields.all((content, happened_at, note))?;
        Ok((Amendment::Correct { content, happened_at }, note))
    }
}

/// Correct an entry
///
/// Appends a correction to the timeline, and publishes `timeline.entry_corrected.v1`. The owner and keepers of the aquarium
/// can correct entries, also those of others. The entry keeps its sequence number, and shows the new content from now on. The
/// type cannot change. An entry has at most 20 corrections. `If-Match` is the `ETag` of the entry. Limit: 1,000 changes of
/// timelines per user and day. Idempotent by `Idempotency-Key` for 30 days. Returns the corrected entry.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/timeline/entries/{seq}/corrections", operation_id = "correct_entry", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("seq" = u64, Path, description = "Sequence number", minimum = 1, maximum = 9_999_999_999_i64),
        IdempotencyKey,
        IfMatch,
    ),
    request_body = CorrectEntry,
    responses(
        (status = 201, description = "Entry corrected", body = TimelineEntryView),
        (status = 403, description = "`timeline.role_too_low`: only the owner and keepers can correct entries"),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `timeline.no_such_entry`: no entry with this sequence number"),
        (status = 409, description = "`timeline.not_correctable`: the entry is a correction or a retraction; `timeline.entry_retracted`: the entry is retracted; `timeline.too_many_corrections`: the entry has 20 corrections; `timeline.newer_entries`: a newer version of the service has written to this timeline; retry after `Retry-After` seconds"),
        (status = 422, description = "`timeline.type_changed`: the type in `content` is not that of the entry; `request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request"),
        (status = 429, description = "`request.limit_exceeded`: the user changed timelines and tasks 1,000 times today; retry after `Retry-After` seconds"),
        (status = 503, description = "`timeline.rebuilding`: the state of the timeline is being computed again; retry after `Retry-After` seconds"),
    )
)]
pub async fn correct_entry(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    key: IdempotencyKey,
    if_match: IfMatch,
    Path(path): Path<EntryPath>,
    Json(body): Json<CorrectEntry>,
) -> Result<Created<TimelineEntryView>, Problem> {
    let now = parsing::in_millis(ctx.clock.now());
    let command = Command::new("correct_entry", &standing, &key, path.id, &(&path.seq, &body), now)?.about(path.seq());
    let (amendment, note) = body.parse(now)?;
    amend(ctx, &call, &standing, &command, &path, Change { amendment, note, if_match, now }).await
}

/// A change of an entry, as it was requested.
pub(super) struct Change {
    pub amendment: Amendment,
    pub note: Option<String>,
    pub if_match: IfMatch,
    pub now: Timestamp,
}

/// Appends a correction or a retraction, and returns the entry that it changes.
pub(super) async fn amend(
    ctx: &Ctx,
    call: &Invocation,
    standing: &Standing,
    command: &Command,
    path: &EntryPath,
    change: Change,
) -> Result<Created<TimelineEntryView>, Problem> {
    let Change { amendment, note, if_match, now } = change;
    let author = Author { user_id: standing.user_id(), now };
    let written = command.run(ctx, standing, |opened, stream, target| {
        let target = target.ok_or(Refusal::NoSuchEntry)?;
        if_match.check(target.version)?;
        let amended = stream.amend(&target.value, &amendment, note.clone(), &author, salt()?)?;
        let fact = EntryCorrected {
            aquarium_id: path.id,
            owner_id: opened.scope.owner_id(),
            seq: amended.entry.seq,
            corrected_seq: target.value.seq,
            retracted: amendment == Amendment::Retract,
        };
        let outbox = Outbox::of(call.event(now, fact))?;
        let target = Some((target, amended.target));
        Ok(Decided { entries: vec![amended.entry], target, stream: amended.stream, outbox })
    });
    let view = match written.await? {
        Written::Now(_, Some(target)) => TimelineEntryView::of(&target.0, target.1)?,
        Written::Now(_, None) => return Err(Problem::internal("a correction changes an entry")),
        Written::Before(opened, mark) => {
            let seq = mark.target_seq.unwrap_or_default();
            let entry = ctx.store.entry(&opened.scope, seq).await?.ok_or_else(|| missing(seq))?;
            TimelineEntryView::of(&entry.value, entry.version)?
        }
    };
    Ok(Created::at(format!("/v1/aquarium/aquariums/{}/timeline/entries/{}", path.id, view.seq), view))
}
