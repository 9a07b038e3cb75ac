//! `POST /v1/auth/register`: registers an account and signs its first device in.
//!
//! Emits `identity.user_registered.v1` and `identity.session_started.v1`.

use axum::extract::State;
use kit::http::{Created, Fields, Invocation, Json, Problem};
use serde::Deserialize;
use types::{EmailAddress, PersonName, UserId};
use utoipa::ToSchema;

use crate::api::sign_in::{Factors, new_sign_in};
use crate::api::{DeviceInput, SignedIn};
use crate::ctx::{Ctx, first_token};
use crate::domain::account::{Account, NewAccount};
use crate::domain::attempts::Source;
use crate::domain::password::Password;
use crate::domain::sign_in_methods::SignInMethod;
use crate::problem;
use crate::secrets;
use dynamo::Outbox;

/// Registration request. Roles and plan are never read from it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = RegisterRequest)]
pub struct Register {
    /// E-mail address.
    #[schema(format = Email, example = "ann@example.com")]
    email: String,
    /// Password: 8 to 128 characters, not easy to guess (zxcvbn score of at least 3).
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128, example = "correct horse battery staple")]
    password: Password,
    /// Display name.
    #[schema(min_length = 1, max_length = 100, example = "Ann")]
    name: String,
    /// Device that signs in. Shown in the list of sessions.
    device: Option<DeviceInput>,
}

/// Register an account
///
/// Creates an account and returns tokens for it. Sends a verification e-mail; the account can be used before the
/// address is verified. Limit: 50 registrations per network address and day, unless the deployment sets another maximum.
#[utoipa::path(
    post, path = "/v1/auth/register", operation_id = "register", tag = "identity",
    request_body = Register,
    responses(
        (status = 201, description = "Account registered; tokens", body = SignedIn),
        (status = 409, description = "`identity.email_taken`: an account with this e-mail address already exists"),
        (status = 429, description = "`request.limit_exceeded`: too many registrations from this network address today; retry after `Retry-After` seconds"),
    )
)]
pub async fn register(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    Json(body): Json<Register>,
) -> Result<Created<SignedIn>, Problem> {
    let mut fields = Fields::new();
    let values = (
        fields.check("email", EmailAddress::parse(&body.email)),
        fields.check("name", PersonName::parse(&body.name)),
        fields.check("password", body.password.check(&[&body.email, &body.name])),
        DeviceInput::parse(body.device, &mut fields),
    );
    let (email, name, (), device) = fields.all(values)?;
    let (now, source) = (ctx.clock.now(), Source::of(&call.source_ip));
    // Before the password is hashed, which costs most.
    ctx.store.count_registration(&source, now).await?;
    let salt = secrets::random().map_err(problem::secret)?;
    let password = body.password.hash(&salt, ctx.store.hashing_cost()).map_err(problem::hash)?;

    let id = UserId::generate();
    let (mut account, registered) = Account::register(id, types::new_uuid(), NewAccount { email, name, password }, now);
    account.plan = ctx.default_plan.clone();
    let token = first_token(id)?;
    let factors = Factors { method: SignInMethod::Password, second: None };
    let first = new_sign_in(&mut account, &call, factors, &token, device.clone(), now);
    let (started, _none_before) = account.sign_in(&token, device, now);

    let mut outbox = Outbox::of(call.event(now, registered))?;
    outbox.push(call.event(now, started))?;
    ctx.store.add_signed_in(&account, &first, &outbox).await?;
    Ok(Created::at("/v1/users/me", SignedIn::new(&*ctx.issuer().await, &account, &token, now)?))
}
