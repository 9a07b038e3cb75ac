//! `GET /v1/aquarium/species`: species by name, or by kind.

use axum::extract::State;
use contracts::knowledge::{SpeciesKind, SpeciesWater};
use kit::http::{Cacheable, Fields, IfNoneMatch, List, Page, Problem, Query};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::api::view::SpeciesSummary;
use crate::ctx::Public;
use crate::domain::entry::{NameQuery, SpeciesEntry};

/// How long clients and caches may use a response without asking again, in seconds.
const MAX_AGE_SECONDS: u32 = 60;
/// Maximum length of `q` in characters.
const MAX_QUERY_CHARS: usize = 100;

/// Which species are wanted. The page's own parameters are named so that a misspelt one is refused, and not ignored.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpeciesFilter {
    q: Option<String>,
    kind: Option<String>,
    water: Option<String>,
    #[serde(rename = "limit")]
    _limit: Option<IgnoredAny>,
    #[serde(rename = "cursor")]
    _cursor: Option<IgnoredAny>,
}

/// What is listed.
enum Wanted {
    /// Species with a name.
    Named(NameQuery),
    /// Species of a kind.
    OfKind(SpeciesKind),
}

impl SpeciesFilter {
    fn parse(&self) -> Result<(Wanted, Option<SpeciesKind>, Option<SpeciesWater>), Problem> {
        let mut fields = Fields::of_parameters();
        let query = fields.check("q", self.q.as_deref().map(query).transpose());
        let kind = fields.check("kind", self.kind.as_deref().map(kind).transpose());
        let water = fields.check("water", self.water.as_deref().map(water).transpose());
        let wanted = match (query, kind) {
            (Some(Some(query)), _) => Some(Wanted::Named(query)),
            (Some(None), Some(Some(kind))) => Some(Wanted::OfKind(kind)),
            (Some(None), Some(None)) => {
                fields.refuse("q", "is required unless kind is given");
                None
            }
            _ => None,
        };
        fields.all((wanted, kind, water))
    }
}

fn query(text: &str) -> Result<NameQuery, String> {
    if text.chars().count() > MAX_QUERY_CHARS {
        return Err(format!("must have at most {MAX_QUERY_CHARS} characters"));
    }
    NameQuery::parse(text).map_err(|error| error.to_string())
}

fn kind(text: &str) -> Result<SpeciesKind, &'static str> {
    match text {
        "fish" => Ok(SpeciesKind::Fish),
        "invertebrate" => Ok(SpeciesKind::Invertebrate),
        "coral" => Ok(SpeciesKind::Coral),
        "plant" => Ok(SpeciesKind::Plant),
        _ => Err("must be fish, invertebrate, coral or plant"),
    }
}

fn water(text: &str) -> Result<SpeciesWater, &'static str> {
    match text {
        "fresh" => Ok(SpeciesWater::Fresh),
        "brackish" => Ok(SpeciesWater::Brackish),
        "marine" => Ok(SpeciesWater::Marine),
        _ => Err("must be fresh, brackish or marine"),
    }
}

/// List species
///
/// With `q`, returns the species that have a word with each of its beginnings in their scientific names, synonyms or common names of any
/// language, whatever their case and diacritics. Without it, `kind` is required, and the species of the kind are ordered by water and
/// scientific name. With `q`, a page can be short or empty although more follow: continue until `nextCursor` is null. A change
/// is found after about a second. Public: no authentication. Clients and caches may keep the response for 60 seconds.
#[utoipa::path(
    get, path = "/v1/aquarium/species", operation_id = "list_species", tag = "knowledge",
    params(
        ("q" = Option<String>, Query, description = "Beginnings of words, at most 5; the longest has at least 2 letters or digits", min_length = 2, max_length = 100, pattern = "[A-Za-z0-9]{2}", example = "neon"),
        ("kind" = Option<SpeciesKind>, Query, description = "Return species of this kind"),
        ("water" = Option<SpeciesWater>, Query, description = "Return species of this water"),
        Page,
        IfNoneMatch,
    ),
    responses(
        (status = 200, description = "A page of species", body = List<SpeciesSummary>),
        (status = 304, description = "The client has the current page"),
    )
)]
pub async fn list_species(
    State(ctx): State<&'static Public>,
    known: IfNoneMatch,
    Query(filter): Query<SpeciesFilter>,
    page: Page,
) -> Result<Cacheable<List<SpeciesSummary>>, Problem> {
    let (wanted, kind, water) = filter.parse()?;
    let found = match wanted {
        Wanted::Named(query) => {
            let fits = |entry: &SpeciesEntry| {
                kind.is_none_or(|kind| kind == entry.kind) && water.is_none_or(|water| water == entry.water)
            };
            ctx.store.search(&query, fits, page.limit, page.cursor).await?
        }
        Wanted::OfKind(kind) => ctx.store.of_kind(kind, water, page.limit, page.cursor).await?,
    };
    let list = List::of(found, |entry| SpeciesSummary::from(entry.value));
    Ok(Cacheable::of_content(MAX_AGE_SECONDS, list)?.unless_known(&known))
}
