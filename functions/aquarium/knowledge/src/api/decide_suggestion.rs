//! `POST /v1/aquarium/species/{id}/suggestions/{suggestionId}/decision`: accepts or rejects a suggestion about a species.
//!
//! Emits `notifications.requested.v1` for the user who made it, and `knowledge.species_changed.v1` if it is accepted.

use axum::extract::State;
use contracts::{Actor, DomainEvent, Envelope};
use dynamo::{ConflictRetry, Outbox, Versioned};
use jiff::Timestamp;
use kit::auth::{Caller, Manager, Standing};
use kit::http::{Fields, Invocation, Json, Path, Problem};
use serde::Deserialize;
use text::paragraphs;
use types::{EventId, Role, SuggestionId, UserId};
use utoipa::ToSchema;

use crate::api::suggestion_view::SpeciesSuggestion;
use crate::ctx::Ctx;
use crate::domain::species::Species;
use crate::domain::species_id::SpeciesId;
use crate::domain::suggestion::{Decision, MAX_REASON_CHARS, Suggestion, Verdict};
use crate::problem::Refusal;
use crate::store::{SpeciesRead, SpeciesWrite, SuggestionNotWritten};

/// Path parameters.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SuggestionOf {
    /// Species ID.
    id: String,
    /// Suggestion ID.
    suggestion_id: SuggestionId,
}

/// Verdict on a suggestion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SuggestionVerdict {
    /// The value becomes a fact of the species, with its source.
    Accept,
    /// The species stays as it is. Requires a reason.
    Reject,
}

/// Decision on a suggestion.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DecideSuggestion {
    /// Verdict.
    verdict: SuggestionVerdict,
    /// Reason, which the user reads. Required with `reject`.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, example = "Thank you. The source is convincing.")]
    reason: Option<String>,
}

impl DecideSuggestion {
    fn parse(&self, at: Timestamp) -> Result<Decision, Problem> {
        let mut fields = Fields::new();
        let reason = self.reason.as_deref().and_then(|text| fields.check("reason", paragraphs(text, MAX_REASON_CHARS)));
        let verdict = match self.verdict {
            SuggestionVerdict::Accept => Verdict::Accepted,
            SuggestionVerdict::Reject => Verdict::Rejected,
        };
        if verdict == Verdict::Rejected && self.reason.is_none() {
            fields.refuse("reason", "is required with the verdict reject; say why the value is not accepted");
        }
        fields.all((Some(Decision { verdict, reason, at }),)).map(|(decision,)| decision)
    }
}

/// Decide a suggestion
///
/// Accepts or rejects an open suggestion. An accepted value becomes a fact of the species with its source, by the rules of an import and in the
/// same write; if the species says so already, it stays as it is. The user who made the suggestion is notified, and cannot decide it. Requires
/// the role `manager` or `admin`; to accept a value of `kind`, `water` or `scientificName`, the role `admin`. Idempotent: repeating the verdict
/// has no further effect.
#[utoipa::path(
    post, path = "/v1/aquarium/species/{id}/suggestions/{suggestionId}/decision", operation_id = "decide_suggestion", tag = "knowledge",
    security(("bearer" = ["manager"])),
    params(
        ("id" = String, Path, min_length = 1, max_length = 100, description = "Species ID", example = "paracheirodon-innesi"),
        ("suggestionId" = SuggestionId, Path, description = "Suggestion ID"),
    ),
    request_body = DecideSuggestion,
    responses(
        (status = 200, description = "The decided suggestion", body = SpeciesSuggestion),
        (status = 403, description = "`knowledge.own_suggestion`: the caller made the suggestion"),
        (status = 404, description = "`knowledge.no_such_suggestion`: the species has no suggestion with this ID"),
        (status = 409, description = "`knowledge.suggestion_decided`: the suggestion was decided otherwise; `knowledge.suggestion_not_applicable`: the species would break a rule; `knowledge.species_merged`: the species was merged into another one; `knowledge.too_many_names`: the species would have too many synonyms, words or sources; `knowledge.source_in_use`: the species has another source with this ID"),
    )
)]
pub async fn decide_suggestion(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Manager>,
    Path(path): Path<SuggestionOf>,
    Json(body): Json<DecideSuggestion>,
) -> Result<Json<SpeciesSuggestion>, Problem> {
    let (now, id) = (ctx.clock.now(), path.suggestion_id);
    let decision = body.parse(now)?;
    let Ok(species_id) = SpeciesId::parse(&path.id) else {
        standing.check().await?;
        return Err(Refusal::NoSuchSuggestion.into());
    };
    let mut retry = ConflictRetry::default();
    loop {
        let (caller, (read, suggestion)) = standing.with(ctx.store.suggestion_to_decide(&species_id, id)).await?;
        let (suggestion, known) = suggestion.zip(read.species.as_ref()).ok_or(Refusal::NoSuchSuggestion)?;
        let next = suggestion.value.decided(decision.clone(), by(&caller)).map_err(Refusal::from)?;
        let Some(next) = next else { return Ok(Json(SpeciesSuggestion::from(&suggestion.value))) };
        let accepted = accepted(&next, known)?;
        let species = match &accepted {
            Some(species) => Some(change(&call, &read, known, species, now)?),
            None => None,
        };
        let name = &accepted.as_ref().unwrap_or(&known.value).scientific_name;
        let notice = match next.notification(name) {
            Some(notification) => Outbox::of(event(&call, now, notification))?,
            None => Outbox::none(),
        };
        match ctx.store.decide_suggestion(&suggestion, &next, species.as_ref(), &notice).await {
            Ok(()) => return Ok(Json(SpeciesSuggestion::from(&next))),
            Err(SuggestionNotWritten::Store(error)) => return Err(error.into()),
            Err(_) => retry.pause().await?,
        }
    }
}

/// Who decides, and whether as an admin.
fn by(caller: &Caller) -> (UserId, bool) {
    (caller.user_id, caller.has_role(Role::Admin))
}

/// The species with an accepted value; `None` if it stays as it is.
fn accepted(suggestion: &Suggestion, species: &Versioned<Species>) -> Result<Option<Species>, Refusal> {
    let is_accepted = suggestion.decision.as_ref().is_some_and(|decision| decision.verdict == Verdict::Accepted);
    if !is_accepted {
        return Ok(None);
    }
    Ok(suggestion.proposal.applied_to(&species.value, suggestion.id)?)
}

/// The change of a species.
fn change<'a>(
    call: &Invocation,
    read: &'a SpeciesRead,
    known: &Versioned<Species>,
    next: &'a Species,
    now: Timestamp,
) -> Result<SpeciesWrite<'a>, Problem> {
    let outbox = Outbox::of(event(call, now, next.changed_fact(known.version + 1)))?;
    Ok(SpeciesWrite { read, next, outbox })
}

/// An event of a decision. The outbox of the species stays, and erasure does not reach it: it must not name the user who decided.
fn event<T: DomainEvent>(call: &Invocation, at: Timestamp, fact: T) -> Envelope<T> {
    Envelope::new(EventId::generate(), at, call.correlation_id.clone(), Actor::System, fact)
}
