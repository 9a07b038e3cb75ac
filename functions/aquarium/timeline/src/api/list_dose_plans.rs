//! `GET /v1/aquarium/aquariums/{id}/dose-plans`: the dose plans of an aquarium.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, List, Page, Path, Problem};
use types::AquariumId;

use super::dose_views::DosePlanView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// List dose plans
///
/// Returns the dose plans of an aquarium, with what is left in their reservoirs now. Members of the aquarium can read them. Ordered
/// by ID; the order carries no meaning. A page can have fewer items than `limit` although a next page exists.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/dose-plans", operation_id = "list_dose_plans", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<DosePlanView>),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
    )
)]
pub async fn list_dose_plans(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(Id { id }): Path<Id<AquariumId>>,
    page: Page,
) -> Result<Json<List<DosePlanView>>, Problem> {
    let now = ctx.clock.now();
    let scope = ctx.store.scope(caller.user_id, id).await?.ok_or(Refusal::NoSuchAquarium)?;
    let plans = ctx.store.plans(&scope, page).await?;
    Ok(Json(List::of(plans, |plan| DosePlanView::of(&plan.value, plan.version, now))))
}
