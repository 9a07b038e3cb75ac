//! `PATCH /v1/aquarium/aquariums/{id}/members/{userId}`: changes the role of a member.
//!
//! Emits `aquariums.access_changed.v1` if something changes.

use axum::extract::State;
use contracts::aquariums::{AquariumMember, MemberRole};
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Standing;
use kit::http::{Invocation, Json, Path, Problem};
use serde::Deserialize;
use types::{AquariumId, UserId};
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::problem::Refusal;

/// Path parameters.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberOf {
    /// Aquarium ID.
    pub id: AquariumId,
    /// User ID of the member.
    pub user_id: UserId,
}

/// Fields to update.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateMember {
    /// New role.
    role: MemberRole,
}

/// Update a member
///
/// Allowed for the owner. Changes the role of a member at once. Idempotent: repeating the request has no further effect.
#[utoipa::path(
    patch, path = "/v1/aquarium/aquariums/{id}/members/{userId}", operation_id = "update_member", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("userId" = UserId, Path, description = "User ID of the member"),
    ),
    request_body = UpdateMember,
    responses(
        (status = 200, description = "The updated member", body = AquariumMember),
        (status = 403, description = "`aquariums.role_too_low`: only the owner can change roles"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_member`: the aquarium is not shared with this user"),
    )
)]
pub async fn update_member(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    Path(MemberOf { id, user_id }): Path<MemberOf>,
    Json(UpdateMember { role }): Json<UpdateMember>,
) -> Result<Json<AquariumMember>, Problem> {
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let (caller, read) = standing.with(ctx.store.access(id)).await?;
        let read = read.ok_or(Refusal::NoSuchAquarium)?;
        read.value.scope(caller.user_id).ok_or(Refusal::NoSuchAquarium)?.at_least(Role::Owner)?;
        read.value.member(user_id).ok_or(Refusal::NoSuchMember)?;
        let Some(next) = read.value.with_role(user_id, role) else {
            return Ok(Json(AquariumMember { user_id, role }));
        };
        let mut outbox = Outbox::none();
        if let Some(fact) = next.changed_fact() {
            outbox.push(call.event(now, fact))?;
        }
        if ctx.store.change_access(&read, next, &outbox).await? {
            return Ok(Json(AquariumMember { user_id, role }));
        }
        retry.pause().await?;
    }
}
