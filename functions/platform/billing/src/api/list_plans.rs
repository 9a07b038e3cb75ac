//! `GET /v1/plans`: the plans that are offered.

use axum::extract::State;
use dynamo::Read;
use kit::http::{Cacheable, IfNoneMatch, Problem};

use crate::api::catalogue_view::OfferedPlanList;
use crate::ctx::Public;

/// How long clients and shared caches may keep the list, in seconds.
const MAX_AGE_SECONDS: u32 = 60;

/// List plans
///
/// Returns the plans that are offered, with what they allow and their prices. Public: no authentication. Clients and caches may
/// keep the response for 60 seconds, and then ask again with `If-None-Match`. At most 50 plans with 200 prices in all.
#[utoipa::path(
    get, path = "/v1/plans", operation_id = "list_plans", tag = "billing",
    params(IfNoneMatch),
    responses(
        (status = 200, description = "The plans", body = OfferedPlanList),
        (status = 304, description = "The client has the current plans"),
    )
)]
pub async fn list_plans(
    State(ctx): State<&'static Public>,
    known: IfNoneMatch,
) -> Result<Cacheable<OfferedPlanList>, Problem> {
    let catalogue = ctx.store.catalogue(Read::Eventual).await?;
    let plans = OfferedPlanList::from(&catalogue.value);
    Ok(Cacheable::of_content(MAX_AGE_SECONDS, plans)?.unless_known(&known))
}
