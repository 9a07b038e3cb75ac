//! `GET /v1/aquarium/suggestions/mine`: the suggestions of the caller.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, List, Page, Problem};

use crate::api::suggestion_view::SpeciesSuggestion;
use crate::ctx::Ctx;

/// List my suggestions
///
/// Returns the caller's suggestions about species with their decisions, newest first. A change is found after about a second.
#[utoipa::path(
    get, path = "/v1/aquarium/suggestions/mine", operation_id = "list_my_suggestions", tag = "knowledge",
    security(("bearer" = [])),
    params(Page),
    responses((status = 200, description = "A page of suggestions", body = List<SpeciesSuggestion>))
)]
pub async fn list_my_suggestions(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    page: Page,
) -> Result<Json<List<SpeciesSuggestion>>, Problem> {
    let found = ctx.store.suggestions_of(caller.user_id, page.limit, page.cursor).await?;
    Ok(Json(List::of(found, |suggestion| SpeciesSuggestion::from(&suggestion.value))))
}
