//! `DELETE /v1/aquarium/aquariums/{id}/members/{userId}`: ends the access of a member.
//!
//! Emits `aquariums.access_changed.v1`.

use axum::extract::State;
use contracts::{Actor, Envelope};
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Standing;
use kit::http::{Invocation, NoContent, Path, Problem};
use types::{AquariumId, EventId, UserId};

use crate::api::update_member::MemberOf;
use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::problem::Refusal;

/// Remove a member
///
/// Allowed for the owner, and for members who remove themselves. Takes effect at once, and ends the notifications of the
/// aquarium for the user. The owner cannot leave.
#[utoipa::path(
    delete, path = "/v1/aquarium/aquariums/{id}/members/{userId}", operation_id = "remove_member", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("userId" = UserId, Path, description = "User ID of the member"),
    ),
    responses(
        (status = 204, description = "Member removed"),
        (status = 403, description = "`aquariums.role_too_low`: only the owner can remove other members"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_member`: the aquarium is not shared with this user"),
        (status = 409, description = "`aquariums.owner_cannot_leave`: the owner has no membership to end"),
    )
)]
pub async fn remove_member(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    Path(MemberOf { id, user_id }): Path<MemberOf>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let (caller, read) = standing.with(ctx.store.access(id)).await?;
        let read = read.ok_or(Refusal::NoSuchAquarium)?;
        let scope = read.value.scope(caller.user_id).ok_or(Refusal::NoSuchAquarium)?;
        if user_id != caller.user_id {
            scope.at_least(Role::Owner)?;
        }
        if user_id == scope.owner_id() {
            return Err(Refusal::OwnerCannotLeave.into());
        }
        let next = read.value.without(user_id).ok_or(Refusal::NoSuchMember)?;
        let mut outbox = Outbox::none();
        if let Some(fact) = next.changed_fact() {
            // It does not name the member who leaves: nothing leads the erasure of that member here any more.
            let correlation_id = call.correlation_id.clone();
            outbox.push(Envelope::new(EventId::generate(), now, correlation_id, Actor::System, fact))?;
        }
        if ctx.store.end_share(&read, &next, user_id, &outbox).await? {
            return Ok(NoContent);
        }
        retry.pause().await?;
    }
}
