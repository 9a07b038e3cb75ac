//! `GET /v1/aquarium/guides`: published care guides of a language, or about a species.

use axum::extract::State;
use kit::http::{Cacheable, Fields, IfNoneMatch, List, Page, Problem, Query};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::api::guide_view::CareGuideSummary;
use crate::ctx::Public;
use crate::domain::guide_text::language;
use crate::domain::species_id::SpeciesId;

/// How long clients and caches may use a response without asking again, in seconds.
const MAX_AGE_SECONDS: u32 = 60;

/// Which guides are wanted. The page's own parameters are named so that a misspelt one is refused, and not ignored.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GuideFilter {
    language: Option<String>,
    species_id: Option<String>,
    #[serde(rename = "limit")]
    _limit: Option<IgnoredAny>,
    #[serde(rename = "cursor")]
    _cursor: Option<IgnoredAny>,
}

/// What is listed.
enum Wanted {
    /// Guides of a language.
    In(String),
    /// Guides about a species, in one language or all.
    About(SpeciesId, Option<String>),
}

impl GuideFilter {
    fn parse(&self) -> Result<Wanted, Problem> {
        let mut fields = Fields::of_parameters();
        let language = fields.check("language", self.language.as_deref().map(language).transpose());
        let species = fields.check("speciesId", self.species_id.as_deref().map(SpeciesId::parse).transpose());
        let wanted = match (species, language) {
            (Some(Some(species)), Some(language)) => Some(Wanted::About(species, language)),
            (Some(None), Some(Some(language))) => Some(Wanted::In(language)),
            (Some(None), Some(None)) => {
                fields.refuse("language", "is required unless speciesId is given");
                None
            }
            _ => None,
        };
        fields.all((wanted,)).map(|(wanted,)| wanted)
    }
}

/// List guides
///
/// Returns published care guides, ordered by title. With `speciesId`, those that are about the species; without `language`, these are
/// ordered by language first. Without `speciesId`, `language` is required. A change is found after about a second. Public: no
/// authentication. Clients and caches may keep the response for 60 seconds.
#[utoipa::path(
    get, path = "/v1/aquarium/guides", operation_id = "list_guides", tag = "knowledge",
    params(
        ("language" = Option<String>, Query, description = "Return guides of this language (BCP 47)", min_length = 2, max_length = 6, pattern = "^[a-z]{2,3}(-[A-Z]{2})?$", example = "en"),
        ("speciesId" = Option<String>, Query, description = "Return guides about this species", min_length = 1, max_length = 100, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$"),
        Page,
        IfNoneMatch,
    ),
    responses(
        (status = 200, description = "A page of guides", body = List<CareGuideSummary>),
        (status = 304, description = "The client has the current page"),
    )
)]
pub async fn list_guides(
    State(ctx): State<&'static Public>,
    known: IfNoneMatch,
    Query(filter): Query<GuideFilter>,
    page: Page,
) -> Result<Cacheable<List<CareGuideSummary>>, Problem> {
    let found = match filter.parse()? {
        Wanted::In(language) => ctx.store.guides_in(&language, page.limit, page.cursor).await?,
        Wanted::About(species, language) => {
            ctx.store.guides_about(&species, language.as_deref(), page.limit, page.cursor).await?
        }
    };
    let list = List::of(found, |entry| CareGuideSummary::from(entry.value));
    Ok(Cacheable::of_content(MAX_AGE_SECONDS, list)?.unless_known(&known))
}
