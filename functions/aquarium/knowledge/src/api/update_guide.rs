//! `PATCH /v1/aquarium/guides/{id}`: writes a new version of a care guide.

use axum::extract::State;
use dynamo::ConflictRetry;
use jiff::Timestamp;
use kit::auth::{Manager, Standing};
use kit::http::{Fields, Id, IfMatch, Json, Path, Problem, Tagged};
use serde::Deserialize;
use types::GuideId;
use utoipa::ToSchema;

use crate::api::guide_fields::{self, tagged};
use crate::api::guide_view::GuideView;
use crate::api::texts::GuideSpeciesId;
use crate::api::view::SpeciesSource;
use crate::ctx::Ctx;
use crate::domain::guide_text::TextChange;
use crate::problem::Refusal;
use crate::store::{GuideNotWritten, GuideRead};

/// Changes of a guide. Absent fields stay unchanged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateGuide {
    /// Slug: lower-case letters a-z, digits, and single hyphens between them.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "water-changes")]
    slug: Option<String>,
    /// Title.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 150, example = "Water changes")]
    title: Option<String>,
    /// Summary in plain text.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, example = "How much water to change, and how often.")]
    summary: Option<String>,
    /// Body in Markdown, at most 64 KiB. Raw HTML, images, and links to anything but web pages are refused.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 65_536, example = "# Water changes")]
    body: Option<String>,
    /// IDs of the species that it is about.
    #[serde(default)]
    #[schema(value_type = Option<Vec<GuideSpeciesId>>, max_items = 20, example = json!([]))]
    species_ids: Option<Vec<String>>,
    /// Sources, each with its licence.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 30)]
    sources: Option<Vec<SpeciesSource>>,
}

impl UpdateGuide {
    fn parse(&self, now: Timestamp) -> Result<TextChange, Problem> {
        let mut fields = Fields::new();
        let change = TextChange {
            slug: self.slug.as_deref().and_then(|text| guide_fields::slug(&mut fields, text)),
            title: self.title.as_deref().and_then(|text| guide_fields::title(&mut fields, text)),
            summary: self.summary.as_deref().and_then(|text| guide_fields::summary(&mut fields, text)),
            body: self.body.as_deref().and_then(|text| guide_fields::body(&mut fields, text)),
            species_ids: self.species_ids.as_deref().and_then(|ids| guide_fields::species_ids(&mut fields, ids)),
            sources: self.sources.as_deref().and_then(|given| guide_fields::sources(&mut fields, given, now)),
        };
        fields.all((Some(change),)).map(|(change,)| change)
    }
}

/// Update a guide
///
/// Writes a new version in the state `draft`, which is the newest version with the changes. A draft before it becomes `superseded`. What is
/// published stays until the new version was approved and published, also the slug. A request that changes nothing writes no version.
/// A guide has at most 1,000 versions, and 20 slugs over time. Requires the role `manager` or `admin`, and `If-Match` with the last `ETag`.
/// Limit: 200 versions of guides per user and day.
#[utoipa::path(
    patch, path = "/v1/aquarium/guides/{id}", operation_id = "update_guide", tag = "knowledge",
    security(("bearer" = ["manager"])),
    params(
        ("id" = GuideId, Path, description = "Guide ID"),
        IfMatch,
    ),
    request_body = UpdateGuide,
    responses(
        (status = 200, description = "The guide with its new version", body = GuideView),
        (status = 404, description = "`knowledge.no_such_guide`: no guide with this ID"),
        (status = 409, description = "`knowledge.slug_taken`: another guide has or had the slug; `knowledge.guide_full`: the guide has too many versions, or had too many slugs"),
        (status = 422, description = "`knowledge.unknown_species`: an ID of `speciesIds` names no species"),
        (status = 429, description = "`request.limit_exceeded`: the user wrote 200 versions of guides today; retry after `Retry-After` seconds"),
    )
)]
pub async fn update_guide(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    based_on: IfMatch,
    Path(Id { id }): Path<Id<GuideId>>,
    Json(body): Json<UpdateGuide>,
) -> Result<Tagged<GuideView>, Problem> {
    let (now, author) = (ctx.clock.now(), standing.user_id());
    let change = body.parse(now)?;
    let mut retry = ConflictRetry::default();
    loop {
        let (_, (read, species)) = standing.with(load(ctx, id, &change)).await?;
        let GuideRead { guide: Some(guide), version: Some(newest) } = read else {
            return Err(Refusal::NoSuchGuide.into());
        };
        based_on.check(guide.version)?;
        species?;
        // The two are read at once, but not in one moment.
        if newest.value.number != guide.value.newest {
            retry.pause().await?;
            continue;
        }
        let edit = guide.value.edited(&newest.value, change.clone(), author, now).map_err(Refusal::from)?;
        let Some(edit) = edit else { return Ok(tagged(&guide)) };
        match ctx.store.edit_guide((&guide, &newest), &edit, author).await {
            Ok(written) => return Ok(tagged(&written)),
            Err(GuideNotWritten::SlugTaken) => return Err(Refusal::SlugTaken.into()),
            Err(GuideNotWritten::Limit(exceeded)) => return Err(exceeded.into()),
            Err(GuideNotWritten::Store(error)) => return Err(error.into()),
            Err(GuideNotWritten::Conflict) => retry.pause().await?,
        }
    }
}

/// Reads the guide with its newest version, and whether the species exist, at once.
async fn load(ctx: &Ctx, id: GuideId, change: &TextChange) -> Result<(GuideRead, Result<(), Problem>), Problem> {
    let species = async {
        match &change.species_ids {
            Some(ids) => guide_fields::existing_species(ctx, ids).await,
            None => Ok(()),
        }
    };
    let (read, species) = futures::join!(Box::pin(ctx.store.newest(id)), Box::pin(species));
    Ok((read?, species))
}
