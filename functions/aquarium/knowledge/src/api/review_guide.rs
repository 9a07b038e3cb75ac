//! `POST /v1/aquarium/guides/{id}/review`: approves or rejects the newest version of a care guide.

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::auth::{Manager, Standing};
use kit::http::{Fields, Id, Json, Path, Problem, Tagged};
use serde::Deserialize;
use text::paragraphs;
use types::GuideId;
use utoipa::ToSchema;

use crate::api::guide_fields::tagged;
use crate::api::guide_view::GuideView;
use crate::ctx::Ctx;
use crate::domain::guide::{MAX_NOTE_CHARS, Verdict};
use crate::problem::Refusal;
use crate::store::{GuideNotWritten, GuideRead};

/// Verdict of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GuideVerdict {
    /// The version may be published.
    Approve,
    /// It may not. Requires a note.
    Reject,
}

/// Review of a version of a guide.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReviewGuide {
    /// Number of the version, which must be the newest one.
    #[schema(minimum = 1, maximum = 1000, example = 1)]
    version: u32,
    /// Verdict.
    verdict: GuideVerdict,
    /// Note for the author. Required with `reject`.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 1000, example = "All doses have sources.")]
    note: Option<String>,
}

impl ReviewGuide {
    fn parse(&self) -> Result<(Verdict, Option<String>), Problem> {
        let mut fields = Fields::new();
        let note = self.note.as_deref().and_then(|text| fields.check("note", paragraphs(text, MAX_NOTE_CHARS)));
        let verdict = match self.verdict {
            GuideVerdict::Approve => Verdict::Approve,
            GuideVerdict::Reject => Verdict::Reject,
        };
        if verdict == Verdict::Reject && self.note.is_none() {
            fields.refuse("note", "is required with the verdict reject; say what the author should change");
        }
        fields.all((Some(verdict), Some(note)))
    }
}

/// Review a guide
///
/// Approves or rejects the newest version of a guide. The reviewer must be another user than the authors of the version and of the versions
/// since the last approved one, whose text it has. A version is reviewed once; to have it reviewed again, write a new version. Requires the
/// role `manager` or `admin`. Idempotent: repeating the request has no further effect.
#[utoipa::path(
    post, path = "/v1/aquarium/guides/{id}/review", operation_id = "review_guide", tag = "knowledge",
    security(("bearer" = ["manager"])),
    params(("id" = GuideId, Path, description = "Guide ID")),
    request_body = ReviewGuide,
    responses(
        (status = 200, description = "The guide with the reviewed version", body = GuideView),
        (status = 403, description = "`knowledge.own_version`: the caller wrote the version, or one since the last approved version"),
        (status = 404, description = "`knowledge.no_such_guide`: no guide with this ID; `knowledge.no_such_guide_version`: the guide has no version with this number"),
        (status = 409, description = "`knowledge.version_outdated`: the guide has a newer version; `knowledge.version_reviewed`: the version was reviewed already"),
    )
)]
pub async fn review_guide(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Path(Id { id }): Path<Id<GuideId>>,
    Json(body): Json<ReviewGuide>,
) -> Result<Tagged<GuideView>, Problem> {
    let (now, reviewer) = (ctx.clock.now(), standing.user_id());
    let review = body.parse()?;
    let mut retry = ConflictRetry::default();
    loop {
        let (_, GuideRead { guide, version }) = standing.with(ctx.store.guide(id, body.version)).await?;
        let guide = guide.ok_or(Refusal::NoSuchGuide)?;
        let version = version.ok_or(Refusal::NoSuchGuideVersion)?;
        let decided = guide.value.reviewed(&version.value, reviewer, review.clone(), now).map_err(Refusal::from)?;
        let Some((next, decided)) = decided else { return Ok(tagged(&guide)) };
        match ctx.store.review_guide((&guide, &version), (next, &decided)).await {
            Ok(written) => return Ok(tagged(&written)),
            Err(GuideNotWritten::Store(error)) => return Err(error.into()),
            Err(_) => retry.pause().await?,
        }
    }
}
