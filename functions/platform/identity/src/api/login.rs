//! `POST /v1/auth/login`: signs a device in.
//! Emits `identity.session_started.v1`, and `identity.session_ended.v1` for each session that the plan has no room for;
//! `identity.roles_changed.v1` when the first admin comes.

use axum::extract::State;
use dynamo::Outbox;
use kit::http::{Fields, Invocation, Json, Problem};
use serde::Deserialize;
use types::EmailAddress;
use utoipa::ToSchema;

use crate::api::{DeviceInput, SignedIn};
use crate::ctx::{Ctx, first_token};
use crate::domain::account::{Account, Status};
use crate::domain::password::Password;
use crate::problem::{self, Refusal};

/// What proves who somebody is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Login {
    #[schema(format = Email, example = "ann@example.com")]
    email: String,
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    password: Password,
    device: Option<DeviceInput>,
}

/// Sign a device in
///
/// Where the plan has no room for another device, the oldest session ends. Whoever proved the address that the deployment
/// names as the first admin's becomes an admin.
#[utoipa::path(
    post, path = "/v1/auth/login", operation_id = "login", tag = "identity",
    request_body = Login,
    responses(
        (status = 200, description = "The device is signed in", body = SignedIn),
        (status = 401, description = "`identity.bad_credentials`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`identity.suspended`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn login(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    Json(body): Json<Login>,
) -> Result<Json<SignedIn>, Problem> {
    let mut fields = Fields::new();
    let values =
        (fields.check("email", EmailAddress::parse(&body.email)), DeviceInput::parse(body.device, &mut fields));
    let (email, device) = fields.all(values)?;

    let owner = ctx.store.owner_of(&email).await?;
    let account = match owner {
        Some(id) => ctx.store.account(id).await?,
        None => None,
    };
    let known = account.and_then(|account| account.value.password.clone().map(|hash| (account, hash)));
    let Some((read, hash)) = known else {
        body.password.matches_nobody().map_err(problem::hash)?;
        return Err(Refusal::BadCredentials.into());
    };
    if !body.password.matches(&hash).map_err(problem::hash)? {
        return Err(Refusal::BadCredentials.into());
    }

    let (proven, now, token) = (Some(hash), ctx.clock.now(), first_token(read.value.id)?);
    let (written, ()) = ctx
        .store
        .change(read, |account: &mut Account| {
            if account.password != proven {
                // It was changed a moment ago: what was proven proves nothing now.
                return Err(Problem::from(Refusal::BadCredentials));
            }
            if account.status == Status::Suspended {
                return Err(Refusal::Suspended.into());
            }
            // Before the session starts, so that its first token carries the role.
            let promoted = account.claim_first_admin(ctx.first_admin.as_ref());
            let (started, ended) = account.sign_in(&token, device.clone(), now);
            let mut outbox = Outbox::of(call.event(now, started))?;
            if let Some(fact) = promoted {
                outbox.push(call.event(now, fact))?;
            }
            for fact in ended {
                outbox.push(call.event(now, fact))?;
            }
            Ok(((), outbox))
        })
        .await?;
    Ok(Json(SignedIn::new(&*ctx.issuer().await, &written.value, &token, now)?))
}
