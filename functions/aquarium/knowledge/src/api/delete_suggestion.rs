//! `DELETE /v1/aquarium/suggestions/{id}`: deletes an open suggestion of the caller.

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::auth::Standing;
use kit::http::{Id, NoContent, Path, Problem};
use types::SuggestionId;

use crate::ctx::Ctx;
use crate::domain::suggestion::SuggestionRefusal;
use crate::problem::Refusal;

/// Delete a suggestion
///
/// Deletes an open suggestion of the caller. A decided one stays. The `Idempotency-Key` of a deleted suggestion cannot be used for another one
/// for 90 days.
#[utoipa::path(
    delete, path = "/v1/aquarium/suggestions/{id}", operation_id = "delete_suggestion", tag = "knowledge",
    security(("bearer" = [])),
    params(("id" = SuggestionId, Path, description = "Suggestion ID")),
    responses(
        (status = 204, description = "Suggestion deleted"),
        (status = 404, description = "`knowledge.no_such_suggestion`: the caller has no suggestion with this ID"),
        (status = 409, description = "`knowledge.suggestion_decided`: the suggestion was decided already"),
    )
)]
pub async fn delete_suggestion(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(Id { id }): Path<Id<SuggestionId>>,
) -> Result<NoContent, Problem> {
    let mut retry = ConflictRetry::default();
    loop {
        let (_, own) = standing.with(ctx.store.own_suggestion(standing.user_id(), id)).await?;
        let own = own.ok_or(Refusal::NoSuchSuggestion)?;
        if own.value.decision.is_some() {
            return Err(Refusal::from(SuggestionRefusal::Decided).into());
        }
        if ctx.store.delete_suggestion(&own, ctx.clock.now()).await? {
            return Ok(NoContent);
        }
        retry.pause().await?;
    }
}
