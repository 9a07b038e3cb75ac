//! `GET /v1/aquarium/aquariums/{id}/dose-plans`: list dose plans.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, Path, Problem};
use serde::Serialize;
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListDosePlansReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// List dose plans
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/dose-plans", operation_id = "list_dose_plans", tag = "timeline",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 200, description = "The resource", body = ListDosePlansReply),
        (status = 404, description = "`timeline.no_such_dose_plans`"),
    )
)]
pub async fn list_dose_plans(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<Id<Uuid>>,
) -> Result<Json<ListDosePlansReply>, Problem> {
    let name = find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchDosePlans)?;
    Ok(Json(ListDosePlansReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}
