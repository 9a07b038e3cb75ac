//! `POST /v1/aquarium/species/{id}/suggestions`: suggests a value of a fact on a species. Requires `Idempotency-Key`.

use axum::extract::State;
use dynamo::ConflictRetry;
use jiff::Timestamp;
use kit::auth::{Standing, VerifiedEmail};
use kit::http::{Created, Fields, Id, IdempotencyKey, Json, Path, Problem};
use kit::jobs::RowError;
use serde::Deserialize;
use text::paragraphs;
use types::SuggestionId;
use utoipa::ToSchema;

use crate::api::guide_fields;
use crate::api::suggestion_view::SpeciesSuggestion;
use crate::api::view::SpeciesSource;
use crate::ctx::Ctx;
use crate::domain::fact::FactName;
use crate::domain::species::Species;
use crate::domain::species_id::SpeciesId;
use crate::domain::suggestion::{MAX_COMMENT_CHARS, Proposal, Suggestion, SuggestionRefusal, value};
use crate::problem::Refusal;
use crate::store::SuggestionNotWritten;

/// Request to suggest a value.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateSuggestion {
    /// Name of the fact, as a species shows it.
    #[schema(min_length = 1, max_length = 30, example = "minGroup")]
    field: String,
    /// Suggested value. A number is written with digits, in the unit that the name of the fact says.
    #[schema(min_length = 1, max_length = 100, example = "8")]
    value: String,
    /// Source of the value, with its licence.
    source: SpeciesSource,
    /// Comment for the staff.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, example = "The page was updated this year.")]
    comment: Option<String>,
}

impl CreateSuggestion {
    fn parse(&self, species_id: SpeciesId, now: Timestamp) -> Result<Proposal, Problem> {
        let mut fields = Fields::new();
        let field = FactName::ALL.into_iter().find(|name| name.as_str() == self.field);
        let names = || FactName::ALL.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
        let field = fields.check("field", field.ok_or_else(|| format!("must be one of {}", names())));
        let value = field.and_then(|field| fields.check("value", value(field, &self.value)));
        let source = guide_fields::source(&mut fields, "source", &self.source, now);
        let comment = self.comment.as_deref().map(|text| paragraphs(text, MAX_COMMENT_CHARS));
        let comment = fields.check("comment", comment.transpose());
        let (field, value, source, comment) = fields.all((field, value, source, comment))?;
        Ok(Proposal { species_id, field, value, source, comment })
    }
}

/// Create a suggestion
///
/// Suggests a value of a fact on a species, with a source. The staff accepts or rejects it; an accepted value becomes a fact of the species
/// with the source, and the user is notified of the decision. A value that would break a rule of the species is refused at once. Requires a
/// verified e-mail address. Limit: 20 suggestions per user and day. Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/aquarium/species/{id}/suggestions", operation_id = "create_suggestion", tag = "knowledge",
    security(("bearer" = [])),
    params(
        ("id" = String, Path, min_length = 1, max_length = 100, description = "Species ID", example = "paracheirodon-innesi"),
        IdempotencyKey,
    ),
    request_body = CreateSuggestion,
    responses(
        (status = 201, description = "Suggestion created", body = SpeciesSuggestion),
        (status = 403, description = "`auth.email_unverified`: verify the e-mail address of the account first"),
        (status = 404, description = "`knowledge.no_such_species`: no species with this ID"),
        (status = 409, description = "`knowledge.species_merged`: the species was merged into another one; `knowledge.too_many_names`: the species would have too many synonyms, words or sources; `knowledge.source_in_use`: the species has another source with this ID; `knowledge.suggestion_known`: the species says so already, with this source"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body, or for a suggestion that was deleted"),
        (status = 429, description = "`request.limit_exceeded`: the user made 20 suggestions today; retry after `Retry-After` seconds"),
    )
)]
pub async fn create_suggestion(
    State(ctx): State<&'static Ctx>,
    standing: Standing<VerifiedEmail>,
    attempt: IdempotencyKey,
    Path(Id { id }): Path<Id<String>>,
    Json(body): Json<CreateSuggestion>,
) -> Result<Created<SpeciesSuggestion>, Problem> {
    let (now, user) = (ctx.clock.now(), standing.user_id());
    let Ok(species_id) = SpeciesId::parse(&id) else {
        standing.check().await?;
        return Err(Refusal::NoSuchSpecies.into());
    };
    let proposal = body.parse(species_id.clone(), now)?;
    // The species is part of the ID: the key of the suggestion contains both.
    let id = SuggestionId::new(attempt.derive_id("create_suggestion", &format!("{user}#{species_id}")));
    let mut retry = ConflictRetry::default();
    loop {
        let (_, (species, before)) = standing.with(ctx.store.species_and_suggestion(&species_id, id)).await?;
        if let Some(before) = before {
            return same_as_before(&before.value, &proposal);
        }
        let species = species.ok_or(Refusal::NoSuchSpecies)?;
        check(&proposal, &species.value, id)?;
        let suggestion = Suggestion::new(id, proposal.clone(), user, now);
        match ctx.store.create_suggestion(&suggestion, user).await {
            Ok(()) => return Ok(created(&suggestion)),
            Err(SuggestionNotWritten::Limit(exceeded)) => return Err(exceeded.into()),
            Err(SuggestionNotWritten::KeyUsed) => return Err(Refusal::KeyReused.into()),
            Err(SuggestionNotWritten::Store(error)) => return Err(error.into()),
            Err(SuggestionNotWritten::Conflict) => retry.pause().await?,
        }
    }
}

/// Refuses what could not be accepted as the species is now.
fn check(proposal: &Proposal, species: &Species, id: SuggestionId) -> Result<(), Problem> {
    match proposal.applied_to(species, id) {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(Refusal::SuggestionKnown.into()),
        Err(SuggestionRefusal::Rules(errors)) => Err(invalid(&errors)),
        Err(refusal) => Err(Refusal::from(refusal).into()),
    }
}

/// The rules of the species that the value breaks.
fn invalid(errors: &[RowError]) -> Problem {
    let mut fields = Fields::new();
    for error in errors {
        fields.refuse("value", format!("breaks a rule of the species: {} {}", error.field, error.rule));
    }
    match fields.all((None::<()>,)) {
        Ok(_) => Problem::internal("a refusal without an error"),
        Err(problem) => problem,
    }
}

/// Returns the existing suggestion if the request is the same, for a retry with the same key.
fn same_as_before(before: &Suggestion, proposal: &Proposal) -> Result<Created<SpeciesSuggestion>, Problem> {
    if before.proposal == *proposal { Ok(created(before)) } else { Err(Refusal::KeyReused.into()) }
}

fn created(suggestion: &Suggestion) -> Created<SpeciesSuggestion> {
    Created::at("/v1/aquarium/suggestions/mine", SpeciesSuggestion::from(suggestion))
}
