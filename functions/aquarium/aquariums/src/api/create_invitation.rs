//! `POST /v1/aquarium/aquariums/{id}/invitations`: creates an invitation to an aquarium.

use axum::extract::State;
use contracts::aquariums::MemberRole;
use dynamo::ConflictRetry;
use kit::auth::Standing;
use kit::http::{Created, Id, IdempotencyKey, Json, Path, Problem};
use kit::openapi::OptionalIdempotencyKey;
use serde::{Deserialize, Serialize};
use types::{AquariumId, InvitationId};
use utoipa::ToSchema;

use crate::api::view::InvitationView;
use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::domain::invitation::{Code, Invitation, SECRET_BYTES};
use crate::problem::Refusal;
use crate::store::NotInvited;

/// Request to create an invitation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateInvitation {
    /// The role of the user who accepts the invitation.
    role: MemberRole,
}

/// A new invitation. The code is shown once.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewInvitation {
    #[serde(flatten)]
    view: InvitationView,
    /// The code. Send it to the person you invite. A user who has it can accept the invitation.
    #[schema(example = "atoll_ai_AZoMcCIieqqLuwAAAAAAAQGaDG5bHH1Tmg4_HSxLWmBub3QtYS1yZWFsLWNvZGUh")]
    code: String,
}

impl std::fmt::Debug for NewInvitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewInvitation").field("view", &self.view).finish_non_exhaustive()
    }
}

/// Create an invitation
///
/// Allowed for the owner. The response contains a code, which is not shown again and is valid for 7 days. The first user who
/// accepts it becomes a member with the role. Limit: 50 invitations per user and day. With an `Idempotency-Key`, a repeated
/// request creates no second invitation and gets 409 `aquariums.invitation_exists`.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/invitations", operation_id = "create_invitation", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        OptionalIdempotencyKey,
    ),
    request_body = CreateInvitation,
    responses(
        (status = 201, description = "Invitation created", body = NewInvitation),
        (status = 403, description = "`aquariums.role_too_low`: only the owner can invite users"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
        (status = 409, description = "`aquariums.invitation_exists`: the `Idempotency-Key` has created an invitation, whose code is not shown again"),
        (status = 429, description = "`request.limit_exceeded`: the user created 50 invitations today; retry after `Retry-After` seconds"),
    )
)]
pub async fn create_invitation(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    attempt: Option<IdempotencyKey>,
    Path(Id { id }): Path<Id<AquariumId>>,
    Json(body): Json<CreateInvitation>,
) -> Result<Created<NewInvitation>, Problem> {
    let now = ctx.clock.now();
    let caller = format!("{}#{id}", standing.user_id());
    let new_id = attempt.map_or_else(types::new_uuid, |attempt| attempt.derive_id("create_invitation", &caller));
    let mut secret = [0; SECRET_BYTES];
    types::random::fill(&mut secret).map_err(Problem::internal)?;
    let code = Code::new(id, InvitationId::new(new_id), secret);
    let invitation = Invitation::new(&code, body.role, now);
    let mut retry = ConflictRetry::default();
    loop {
        let (caller, access) = standing.with(ctx.store.access(id)).await?;
        let access = access.ok_or(Refusal::NoSuchAquarium)?;
        access.value.scope(caller.user_id).ok_or(Refusal::NoSuchAquarium)?.at_least(Role::Owner)?;
        match ctx.store.invite(caller.user_id, &access, &invitation).await {
            Ok(()) => break,
            Err(NotInvited::Exists) => return Err(Refusal::InvitationExists.into()),
            Err(NotInvited::Limit(exceeded)) => return Err(exceeded.into()),
            Err(NotInvited::Store(error)) => return Err(error.into()),
            Err(NotInvited::Moved) => retry.pause().await?,
        }
    }
    let location = format!("/v1/aquarium/aquariums/{id}/invitations/{new_id}");
    Ok(Created::at(location, NewInvitation { view: InvitationView::from(&invitation), code: code.write() }))
}
