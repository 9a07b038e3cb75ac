//! `POST /v1/aquarium/guides`: creates a care guide with its first version. Requires `Idempotency-Key`.

use axum::extract::State;
use dynamo::{ConflictRetry, Versioned};
use jiff::Timestamp;
use kit::auth::{Manager, Standing};
use kit::http::{Created, Fields, IdempotencyKey, Json, Problem};
use serde::Deserialize;
use types::GuideId;
use utoipa::ToSchema;

use crate::api::guide_fields;
use crate::api::guide_view::GuideView;
use crate::api::texts::GuideSpeciesId;
use crate::api::view::SpeciesSource;
use crate::ctx::Ctx;
use crate::domain::guide::Guide;
use crate::domain::guide_text::{GuideText, language};
use crate::problem::Refusal;
use crate::store::{GuideNotWritten, GuideRead};

/// Request to create a guide.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateGuide {
    /// Slug: lower-case letters a-z, digits, and single hyphens between them.
    #[schema(min_length = 1, max_length = 100, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "water-changes")]
    slug: String,
    /// Language (BCP 47). It cannot be changed: a translation is a guide of its own.
    #[schema(min_length = 2, max_length = 6, pattern = "^[a-z]{2,3}(-[A-Z]{2})?$", example = "en")]
    language: String,
    /// Title in plain text: clients escape it.
    #[schema(min_length = 1, max_length = 150, example = "Water changes")]
    title: String,
    /// Summary in plain text.
    #[schema(min_length = 1, max_length = 500, example = "How much water to change, and how often.")]
    summary: String,
    /// Body in Markdown, at most 64 KiB. Raw HTML, images, and links to anything but web pages are refused.
    #[schema(min_length = 1, max_length = 65_536, example = "# Water changes")]
    body: String,
    /// IDs of the species that it is about.
    #[serde(default)]
    #[schema(value_type = Vec<GuideSpeciesId>, max_items = 20, example = json!([]))]
    species_ids: Vec<String>,
    /// Sources, each with its licence.
    #[schema(min_items = 1, max_items = 30)]
    sources: Vec<SpeciesSource>,
}

impl CreateGuide {
    fn parse(&self, now: Timestamp) -> Result<(String, GuideText), Problem> {
        let mut fields = Fields::new();
        let language = fields.check("language", language(&self.language));
        let slug = guide_fields::slug(&mut fields, &self.slug);
        let title = guide_fields::title(&mut fields, &self.title);
        let summary = guide_fields::summary(&mut fields, &self.summary);
        let body = guide_fields::body(&mut fields, &self.body);
        let species_ids = guide_fields::species_ids(&mut fields, &self.species_ids);
        let sources = guide_fields::sources(&mut fields, &self.sources, now);
        let (language, slug, title, summary, body, species_ids, sources) =
            fields.all((language, slug, title, summary, body, species_ids, sources))?;
        Ok((language, GuideText { slug, title, summary, body, species_ids, sources }))
    }
}

/// Create a guide
///
/// Creates a care guide with a first version in the state `draft`. Another manager or admin than its author reviews the version with
/// `POST /v1/aquarium/guides/{id}/review`; an approved version can be published with `POST /v1/aquarium/guides/{id}/publish`. A slug
/// belongs to one guide, in all languages and also after it was changed. Requires the role `manager` or `admin`. Limit: 200 versions of
/// guides per user and day. Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/aquarium/guides", operation_id = "create_guide", tag = "knowledge",
    security(("bearer" = ["manager"])),
    params(IdempotencyKey),
    request_body = CreateGuide,
    responses(
        (status = 201, description = "Guide created", body = GuideView),
        (status = 409, description = "`knowledge.slug_taken`: another guide has or had the slug"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body; `knowledge.unknown_species`: an ID of `speciesIds` names no species"),
        (status = 429, description = "`request.limit_exceeded`: the user wrote 200 versions of guides today; retry after `Retry-After` seconds"),
    )
)]
pub async fn create_guide(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    attempt: IdempotencyKey,
    Json(body): Json<CreateGuide>,
) -> Result<Created<GuideView>, Problem> {
    let (now, author) = (ctx.clock.now(), standing.user_id());
    let (language, text) = body.parse(now)?;
    let id = GuideId::new(attempt.derive_id("create_guide", &author.to_string()));
    let mut retry = ConflictRetry::default();
    loop {
        let (_, (read, species)) = standing.with(load(ctx, id, &text)).await?;
        if let GuideRead { guide: Some(guide), version: Some(first) } = &read {
            let is_same = first.value.was_created_from(&language, &text);
            return is_same.then(|| created(guide)).ok_or_else(|| Refusal::KeyReused.into());
        }
        species?;
        let (guide, version) = Guide::new(id, language.clone(), text.clone(), author, now);
        match ctx.store.create_guide(&guide, &version, author).await {
            Ok(()) => return Ok(created(&Versioned::new(guide, 1))),
            Err(GuideNotWritten::SlugTaken) => return Err(Refusal::SlugTaken.into()),
            Err(GuideNotWritten::Limit(exceeded)) => return Err(exceeded.into()),
            Err(GuideNotWritten::Store(error)) => return Err(error.into()),
            Err(GuideNotWritten::Conflict) => retry.pause().await?,
        }
    }
}

/// Reads what a request with the same key created, and whether the species exist, at once.
async fn load(ctx: &Ctx, id: GuideId, text: &GuideText) -> Result<(GuideRead, Result<(), Problem>), Problem> {
    let (read, species) = futures::join!(
        Box::pin(ctx.store.guide(id, 1)),
        Box::pin(guide_fields::existing_species(ctx, &text.species_ids)),
    );
    Ok((read?, species))
}

fn created(guide: &Versioned<Guide>) -> Created<GuideView> {
    let location = format!("/v1/aquarium/guides/{}/versions/1", guide.value.id);
    Created::at(location, GuideView::from(&guide.value))
}
