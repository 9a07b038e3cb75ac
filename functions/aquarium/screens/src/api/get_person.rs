//! `GET /v1/aquarium/web/people/{id}`: facets of a person for the staff.

use axum::extract::State;
use dynamo::Read;
use kit::auth::{Manager, Standing};
use kit::http::{Id, Json, Path, Problem};
use types::UserId;

use crate::api::staff_view::PersonView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Get a person's aquarium facets
///
/// Returns up to 60 aquariums that a person owns or that are shared with them, with the numbers of open alarms and silent devices, and the
/// day of their last change. `hasMore` says whether there may be more. It has IDs and numbers, and neither names nor content. Requires the
/// role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/aquarium/web/people/{id}", operation_id = "get_person", tag = "screens",
    security(("bearer" = ["manager"])),
    params(("id" = UserId, Path, description = "User ID")),
    responses(
        (status = 200, description = "The facets", body = PersonView),
        (status = 404, description = "`screens.no_such_person`: no event about a user with this ID is known"),
    )
)]
pub async fn get_person(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Path(Id { id }): Path<Id<UserId>>,
) -> Result<Json<PersonView>, Problem> {
    let (_, home) = standing.with(ctx.store.home(id, Read::Eventual)).await?;
    let home = home.filter(|home| !home.value.is_empty()).ok_or(Refusal::NoSuchPerson)?;
    Ok(Json(PersonView::from(&home.value)))
}
