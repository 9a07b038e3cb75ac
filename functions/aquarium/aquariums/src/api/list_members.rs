//! `GET /v1/aquarium/aquariums/{id}/members`: the users who have access to an aquarium.

use axum::extract::State;
use contracts::aquariums::AquariumMember;
use kit::auth::Caller;
use kit::http::{Id, Json, Path, Problem};
use serde::Serialize;
use types::{AquariumId, UserId};
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// The users who have access to an aquarium.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AquariumMembers {
    /// User ID of the owner.
    owner_id: UserId,
    /// The users with whom the aquarium is shared, at most 20, ordered by ID.
    members: Vec<AquariumMember>,
}

/// List members
///
/// Allowed for the owner and for users with whom the aquarium is shared.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/members", operation_id = "list_members", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID")),
    responses(
        (status = 200, description = "The owner and all members", body = AquariumMembers),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
    )
)]
pub async fn list_members(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(Id { id }): Path<Id<AquariumId>>,
) -> Result<Json<AquariumMembers>, Problem> {
    let access = ctx.store.access(id).await?.ok_or(Refusal::NoSuchAquarium)?.value;
    let scope = access.scope(caller.user_id).ok_or(Refusal::NoSuchAquarium)?;
    let members = access.members().map(|(user_id, role)| AquariumMember { user_id, role }).collect();
    Ok(Json(AquariumMembers { owner_id: scope.owner_id(), members }))
}
