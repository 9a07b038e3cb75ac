//! `GET /v1/aquarium/species/{id}`: a species with the sources of its facts.

use axum::extract::State;
use dynamo::Read;
use kit::http::{Cacheable, Id, IfNoneMatch, Path, Problem};

use crate::api::view::SpeciesView;
use crate::ctx::Public;
use crate::domain::species_id::SpeciesId;
use crate::problem::Refusal;

/// How long clients and caches may use a response without asking again, in seconds.
const MAX_AGE_SECONDS: u32 = 60;

/// Get a species
///
/// Returns a species by its ID, with every fact, the sources of each, and their licences. The ID of a species that was merged into
/// another one redirects to that one. Public: no authentication. Clients and caches may keep the response for 60 seconds, and then ask
/// again with `If-None-Match`.
#[utoipa::path(
    get, path = "/v1/aquarium/species/{id}", operation_id = "get_species", tag = "knowledge",
    params(
        ("id" = String, Path, min_length = 1, max_length = 100, description = "Species ID", example = "paracheirodon-innesi"),
        IfNoneMatch,
    ),
    responses(
        (status = 200, description = "The species", body = SpeciesView),
        (status = 301, description = "The species was merged into another one: see `Location`"),
        (status = 304, description = "The client has the current version"),
        (status = 404, description = "`knowledge.no_such_species`: no species with this ID"),
    )
)]
pub async fn get_species(
    State(ctx): State<&'static Public>,
    known: IfNoneMatch,
    Path(Id { id }): Path<Id<String>>,
) -> Result<Cacheable<SpeciesView>, Problem> {
    let id = SpeciesId::parse(&id).map_err(|_| Refusal::NoSuchSpecies)?;
    let species = ctx.store.species(&id, Read::Eventual).await?.ok_or(Refusal::NoSuchSpecies)?;
    if let Some(into) = &species.value.merged_into {
        return Ok(Cacheable::moved(format!("/v1/aquarium/species/{into}"), MAX_AGE_SECONDS));
    }
    let view = SpeciesView::from(&species.value);
    Ok(Cacheable::of_version(species.version, MAX_AGE_SECONDS, view).unless_known(&known))
}
