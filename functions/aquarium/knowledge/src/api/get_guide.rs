//! `GET /v1/aquarium/guides/{id}`: a published care guide, by its slug.

use axum::extract::State;
use dynamo::Versioned;
use kit::http::{Cacheable, Id, IfNoneMatch, Path, Problem};

use crate::api::guide_view::CareGuide;
use crate::ctx::Public;
use crate::domain::guide_page::GuidePage;
use crate::domain::slug::Slug;
use crate::problem::Refusal;
use crate::store::GuideBySlug;

/// How long clients and caches may use a response without asking again, in seconds.
const MAX_AGE_SECONDS: u32 = 60;
/// How long a redirect is fresh: not at all, since an earlier version that is published again turns it round, and a client that has
/// kept the other direction would go in circles.
const REDIRECT_MAX_AGE_SECONDS: u32 = 0;

/// Get a guide
///
/// Returns the published version of a care guide by its slug, with its sources and their licences. The body is Markdown without raw HTML
/// and images, with links to web pages only. An earlier slug under which the guide was published redirects to the current one. Public: no
/// authentication. Clients and caches may keep the response for 60 seconds, and then ask again with `If-None-Match`. A new slug is found
/// after about a second.
#[utoipa::path(
    get, path = "/v1/aquarium/guides/{id}", operation_id = "get_guide", tag = "knowledge",
    params(
        ("id" = String, Path, min_length = 1, max_length = 100, description = "Slug of the guide", example = "water-changes"),
        IfNoneMatch,
    ),
    responses(
        (status = 200, description = "The guide", body = CareGuide),
        (status = 301, description = "The guide has another slug: see `Location`"),
        (status = 304, description = "The client has the current version"),
        (status = 404, description = "`knowledge.no_such_guide`: no published guide with this slug"),
    )
)]
pub async fn get_guide(
    State(ctx): State<&'static Public>,
    known: IfNoneMatch,
    Path(Id { id }): Path<Id<String>>,
) -> Result<Cacheable<CareGuide>, Problem> {
    let slug = Slug::parse(&id).map_err(|_| Refusal::NoSuchGuide)?;
    let claimed = match ctx.store.guide_by_slug(&slug).await? {
        GuideBySlug::Current(page) => return Ok(shown(*page, &known)),
        GuideBySlug::Claimed(id) => id,
        GuideBySlug::Unknown => return Err(Refusal::NoSuchGuide.into()),
    };
    let page = ctx.store.guide_page(claimed).await?.ok_or(Refusal::NoSuchGuide)?;
    if page.value.text.slug == slug {
        return Ok(shown(page, &known));
    }
    // A slug of a draft leads nowhere until it is published.
    if !page.value.earlier_slugs.contains(&slug) {
        return Err(Refusal::NoSuchGuide.into());
    }
    Ok(Cacheable::moved(format!("/v1/aquarium/guides/{}", page.value.text.slug), REDIRECT_MAX_AGE_SECONDS))
}

fn shown(page: Versioned<GuidePage>, known: &IfNoneMatch) -> Cacheable<CareGuide> {
    let revision = page.value.revision;
    Cacheable::of_version(revision, MAX_AGE_SECONDS, CareGuide::from(page.value)).unless_known(known)
}
