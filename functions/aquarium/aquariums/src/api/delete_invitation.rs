//! `DELETE /v1/aquarium/aquariums/{id}/invitations/{invitationId}`: deletes an invitation.

use axum::extract::State;
use dynamo::StoreError;
use kit::auth::Standing;
use kit::http::{NoContent, Path, Problem};
use serde::Deserialize;
use types::{AquariumId, InvitationId, UserId};

use crate::ctx::Ctx;
use crate::domain::access::{Role, Scope};
use crate::problem::Refusal;

/// Path parameters.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfAquarium {
    id: AquariumId,
    invitation_id: InvitationId,
}

/// Delete an invitation
///
/// Allowed for the owner. The code cannot be accepted any more.
#[utoipa::path(
    delete, path = "/v1/aquarium/aquariums/{id}/invitations/{invitationId}", operation_id = "delete_invitation", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("invitationId" = InvitationId, Path, description = "Invitation ID"),
    ),
    responses(
        (status = 204, description = "Invitation deleted"),
        (status = 403, description = "`aquariums.role_too_low`: only the owner can delete invitations"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_invitation`: no open invitation with this ID"),
    )
)]
pub async fn delete_invitation(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(OfAquarium { id, invitation_id }): Path<OfAquarium>,
) -> Result<NoContent, Problem> {
    let (_, scope) = standing.with(scope(ctx, standing.user_id(), id)).await?;
    let scope = scope.ok_or(Refusal::NoSuchAquarium)?;
    scope.at_least(Role::Owner)?;
    let read = ctx.store.invitation(&scope, invitation_id).await?.ok_or(Refusal::NoSuchInvitation)?;
    if ctx.store.revoke(read).await? { Ok(NoContent) } else { Err(Refusal::NoSuchInvitation.into()) }
}

async fn scope(ctx: &Ctx, user: UserId, id: AquariumId) -> Result<Option<Scope>, StoreError> {
    ctx.store.scope(user, id).await
}
