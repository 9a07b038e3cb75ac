//! `GET /v1/aquarium/guides/drafts`: care guides whose newest version waits for a review.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Fields, Json, List, Page, Problem, Query};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::api::guide_view::GuideDraft;
use crate::ctx::Ctx;
use crate::domain::guide_text::language;

/// Which drafts are wanted. The page's own parameters are named so that a misspelt one is refused, and not ignored.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftFilter {
    language: Option<String>,
    #[serde(rename = "limit")]
    _limit: Option<IgnoredAny>,
    #[serde(rename = "cursor")]
    _cursor: Option<IgnoredAny>,
}

impl DraftFilter {
    fn parse(&self) -> Result<String, Problem> {
        let mut fields = Fields::of_parameters();
        let given = fields.required("language", self.language.as_deref());
        let language = given.and_then(|text| fields.check("language", language(text)));
        fields.all((language,)).map(|(language,)| language)
    }
}

/// List guide drafts
///
/// Returns the care guides of a language whose newest version waits for a review, oldest version first. A change is found after about a
/// second. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/aquarium/guides/drafts", operation_id = "list_guide_drafts", tag = "knowledge",
    security(("bearer" = ["manager"])),
    params(
        ("language" = String, Query, description = "Language (BCP 47)", min_length = 2, max_length = 6, pattern = "^[a-z]{2,3}(-[A-Z]{2})?$", example = "en"),
        Page,
    ),
    responses((status = 200, description = "A page of drafts", body = List<GuideDraft>))
)]
pub async fn list_guide_drafts(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Query(filter): Query<DraftFilter>,
    page: Page,
) -> Result<Json<List<GuideDraft>>, Problem> {
    let language = filter.parse()?;
    let (_, found) = standing.with(ctx.store.drafts(&language, page.limit, page.cursor)).await?;
    Ok(Json(List::of(found, |guide| GuideDraft::from(guide.value))))
}
