//! `POST /v1/aquarium/invitations/accept`: makes the caller a member of an aquarium.
//!
//! Emits `aquariums.access_changed.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox, StoreError};
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Fields, Invocation, Json, Problem};
use serde::{Deserialize, Serialize};
use types::AquariumId;
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::domain::access::{Access, Role, Scope};
use crate::domain::invitation::{Acceptance, Code, accept};
use crate::domain::limits::WRONG_CODES;
use crate::domain::share::Share;
use crate::problem::Refusal;
use crate::store::{Admission, Invited};

/// Request to accept an invitation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AcceptInvitation {
    /// The code of the invitation.
    #[schema(
        min_length = 73,
        max_length = 73,
        example = "atoll_ai_AZoMcCIieqqLuwAAAAAAAQGaDG5bHH1Tmg4_HSxLWmBub3QtYS1yZWFsLWNvZGUh"
    )]
    code: String,
}

/// The caller's access to an aquarium.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AquariumAccess {
    /// Aquarium ID.
    aquarium_id: AquariumId,
    /// The caller's role.
    role: Role,
}

impl From<&Scope> for AquariumAccess {
    fn from(scope: &Scope) -> Self {
        Self { aquarium_id: scope.aquarium_id(), role: scope.role() }
    }
}

/// Accept an invitation
///
/// Makes the caller a member of the aquarium with the role of the invitation, which cannot be accepted again. Callers who have
/// access already keep their role, and the invitation stays open; so repeating the request has no further effect. Limit: 10
/// wrong codes per user and hour.
#[utoipa::path(
    post, path = "/v1/aquarium/invitations/accept", operation_id = "accept_invitation", tag = "aquariums",
    security(("bearer" = [])),
    request_body = AcceptInvitation,
    responses(
        (status = 200, description = "The caller has access", body = AquariumAccess),
        (status = 404, description = "`aquariums.no_such_invitation`: the code is wrong, has expired, or was accepted or deleted; `aquariums.no_such_user`: the account was deleted"),
        (status = 409, description = "`aquariums.members_full`: the aquarium has the maximum number of members"),
        (status = 429, description = "`request.limit_exceeded`: the user sent 10 wrong codes within the hour; retry after `Retry-After` seconds"),
    )
)]
pub async fn accept_invitation(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    Json(body): Json<AcceptInvitation>,
) -> Result<Json<AquariumAccess>, Problem> {
    let now = ctx.clock.now();
    let mut fields = Fields::new();
    let code = fields.check("code", Code::read(&body.code));
    let (code,) = fields.all((code,))?;
    let mut retry = ConflictRetry::default();
    loop {
        let (caller, found) = standing.with(ctx.store.invited(standing.user_id(), &code, now)).await?;
        WRONG_CODES.judge(found.wrong_codes, now)?;
        let access = found.access.as_ref().map(|read| &read.value);
        let invitation = found.invitation.as_ref().map(|read| &read.value);
        match accept(access, invitation, &code, caller.user_id, now) {
            Acceptance::HasAccess(scope) => return Ok(Json(AquariumAccess::from(&scope))),
            Acceptance::Full => return Err(Refusal::MembersFull.into()),
            Acceptance::Unknown => {
                ctx.store.count_wrong_code(caller.user_id, now).await?;
                return Err(Refusal::NoSuchInvitation.into());
            }
            Acceptance::Admitted(scope, next) => match admit(ctx, &call, &found, &scope, &next, now).await? {
                Admission::Admitted => return Ok(Json(AquariumAccess::from(&scope))),
                Admission::Forgotten => return Err(Refusal::NoSuchUser.into()),
                Admission::Moved => retry.pause().await?,
            },
        }
    }
}

async fn admit(
    ctx: &Ctx,
    call: &Invocation,
    found: &Invited,
    member: &Scope,
    next: &Access,
    now: Timestamp,
) -> Result<Admission, Problem> {
    let (Some(access), Some(invitation)) = (&found.access, &found.invitation) else {
        return Err(StoreError::Contended { attempts: 1 }.into());
    };
    let mut outbox = Outbox::none();
    if let Some(fact) = next.changed_fact() {
        outbox.push(call.event(now, fact))?;
    }
    Ok(ctx.store.admit(access, next, &Share::new(member, now), invitation, &outbox).await?)
}
