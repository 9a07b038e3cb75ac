//! `GET /v1/aquarium/aquariums/{id}/alarm-rules`: the alarm rules of an aquarium.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, List, Page, Path, Problem};
use types::AquariumId;

use crate::api::alarm_views::AlarmRuleView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// List alarm rules
///
/// Allowed for all members of the aquarium. Ordered by ID. The order carries no meaning.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/alarm-rules", operation_id = "list_alarm_rules", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID"), Page),
    responses(
        (status = 200, description = "Page of results", body = List<AlarmRuleView>),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
    )
)]
pub async fn list_alarm_rules(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    page: Page,
    Path(Id { id }): Path<Id<AquariumId>>,
) -> Result<Json<List<AlarmRuleView>>, Problem> {
    let scope = ctx.store.scope(caller.user_id, id).await?.ok_or(Refusal::NoSuchAquarium)?;
    let rules = ctx.store.alarm_rules(&scope, page).await?;
    Ok(Json(List::of(rules, |rule| AlarmRuleView::from(&rule.value))))
}
