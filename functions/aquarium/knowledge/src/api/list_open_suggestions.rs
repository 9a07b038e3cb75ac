//! `GET /v1/aquarium/suggestions`: suggestions about species that wait for a decision.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Json, List, Page, Problem, Query};
use serde::Deserialize;
use serde::de::IgnoredAny;
use utoipa::ToSchema;

use crate::api::suggestion_view::SpeciesSuggestion;
use crate::ctx::Ctx;

/// State of the suggestions that can be listed.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListedSuggestions {
    /// Not decided yet.
    Open,
}

/// Which suggestions are wanted. The page's own parameters are named so that a misspelt one is refused, and not ignored.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuggestionFilter {
    #[serde(rename = "state")]
    _state: Option<ListedSuggestions>,
    #[serde(rename = "limit")]
    _limit: Option<IgnoredAny>,
    #[serde(rename = "cursor")]
    _cursor: Option<IgnoredAny>,
}

/// List open suggestions
///
/// Returns the suggestions about species that are not decided, oldest first. A change is found after about a second. Requires the role
/// `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/aquarium/suggestions", operation_id = "list_open_suggestions", tag = "knowledge",
    security(("bearer" = ["manager"])),
    params(
        ("state" = inline(Option<ListedSuggestions>), Query, description = "State. Only open suggestions can be listed, which is the default"),
        Page,
    ),
    responses((status = 200, description = "A page of suggestions", body = List<SpeciesSuggestion>))
)]
pub async fn list_open_suggestions(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Query(_): Query<SuggestionFilter>,
    page: Page,
) -> Result<Json<List<SpeciesSuggestion>>, Problem> {
    let (_, found) = standing.with(ctx.store.open_suggestions(page.limit, page.cursor)).await?;
    Ok(Json(List::of(found, |suggestion| SpeciesSuggestion::from(&suggestion.value))))
}
