//! `POST /v1/auth/telegram`: signs a device in with the init data of a Telegram Mini App.
//!
//! Emits `identity.session_started.v1`, `identity.user_registered.v1` for a new user, and
//! `identity.session_ended.v1` for each session beyond the device limit of the plan.

use axum::extract::State;
use contracts::identity::Device;
use dynamo::{Outbox, Versioned};
use jiff::Timestamp;
use kit::http::{Fields, Invocation, Json, Problem};
use serde::Deserialize;
use types::UserId;
use utoipa::ToSchema;

use crate::api::sign_in::{Factors, FirstFactor, new_sign_in, sign_in};
use crate::api::sign_in_log::{Subject, log_sign_in};
use crate::api::{DeviceInput, SignedIn};
use crate::ctx::{Ctx, first_token};
use crate::domain::account::Account;
use crate::domain::attempts::Source;
use crate::domain::sign_in_methods::SignInMethod;
use crate::domain::telegram::{TelegramId, TelegramUser};
use crate::problem::Refusal;
use crate::store::{ClaimError, Taken};
use crate::telegram::{InitData, WithTelegram};

/// How often another request may create or delete the account meanwhile.
const MAX_TRIES: usize = 3;

/// Request to sign in with Telegram.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignInWithTelegram {
    /// `Telegram.WebApp.initData`, unchanged. Valid for five minutes.
    #[schema(value_type = String, max_length = 8192, example = "query_id=AAH&user=%7B%22id%22%3A4711%2C%22first_name%22%3A%22Ann%22%7D&auth_date=1800000000&hash=…")]
    init_data: InitData,
    /// Device that signs in. Shown in the list of sessions.
    device: Option<DeviceInput>,
}

/// Sign in with Telegram
///
/// The first sign-in registers an account without e-mail address and password. Returns tokens, or an `mfaToken` if
/// two-step verification is enabled. Ends the oldest session if the plan allows no further device. A first sign-in
/// counts as a registration: 50 per network address and day, unless the deployment sets another maximum.
#[utoipa::path(
    post, path = "/v1/auth/telegram", operation_id = "sign_in_with_telegram", tag = "identity",
    request_body = SignInWithTelegram,
    responses(
        (status = 200, description = "Tokens, or an `mfaToken` if a second factor is required", body = FirstFactor),
        (status = 401, description = "`identity.telegram_invalid`: the init data is not signed by the bot; `identity.telegram_expired`: the init data is older than five minutes; open the Mini App again"),
        (status = 403, description = "`auth.suspended`: the account is suspended"),
        (status = 404, description = "`identity.telegram_off`: Telegram sign-in is not configured in this deployment"),
        (status = 429, description = "`request.limit_exceeded`: too many registrations from this network address today; retry after `Retry-After` seconds"),
    )
)]
pub async fn sign_in_with_telegram(
    State(ctx): State<&'static WithTelegram<Ctx>>,
    call: Invocation,
    Json(body): Json<SignInWithTelegram>,
) -> Result<Json<FirstFactor>, Problem> {
    let mut fields = Fields::new();
    let values = (DeviceInput::parse(body.device, &mut fields),);
    let (device,) = fields.all(values)?;
    let user = ctx.user(&body.init_data, ctx.base.clock.now()).await;
    let user =
        user.inspect_err(|problem| log_sign_in(&call, &Subject::Unknown, SignInMethod::Telegram, problem.code()))?;
    for _ in 0..MAX_TRIES {
        let signed_in = match ctx.base.store.owner_of_telegram(user.id).await? {
            Some(owner) => match ctx.base.store.account(owner).await? {
                Some(read) => Some(enter(&ctx.base, &call, read, user.id, device.clone()).await?),
                None => None,
            },
            None => join(&ctx.base, &call, &user, device.clone()).await?,
        };
        if let Some(signed_in) = signed_in {
            return Ok(Json(signed_in));
        }
    }
    Err(Problem::unavailable("the account kept coming and going"))
}

/// Signs in to an account that is there.
async fn enter(
    ctx: &Ctx,
    call: &Invocation,
    read: Versioned<Account>,
    id: TelegramId,
    device: Device,
) -> Result<FirstFactor, Problem> {
    // If it was unlinked a moment ago, what was proven opens nothing here now.
    let proven = |account: &mut Account| if account.is_linked_to(id) { Ok(()) } else { Err(Refusal::TelegramInvalid) };
    sign_in(ctx, call, read, SignInMethod::Telegram, device, Refusal::TelegramInvalid, proven).await
}

/// Creates an account and signs in to it; none if another request created one for the same user meanwhile.
async fn join(
    ctx: &Ctx,
    call: &Invocation,
    user: &TelegramUser,
    device: Device,
) -> Result<Option<FirstFactor>, Problem> {
    let (now, id): (Timestamp, _) = (ctx.clock.now(), UserId::generate());
    let (mut account, registered) = Account::from_telegram(id, user, now);
    account.plan = ctx.default_plan.clone();
    let token = first_token(id)?;
    let (source, factors) = (Source::of(&call.source_ip), Factors { method: SignInMethod::Telegram, second: None });
    let first = new_sign_in(&mut account, call, factors, &token, device.clone(), now);
    let (started, _none_before) = account.sign_in(&token, device, now);
    let mut outbox = Outbox::of(call.event(now, registered))?;
    outbox.push(call.event(now, started))?;
    match ctx.store.add_counted(&account, &first, &outbox, &source).await {
        Ok(()) => {
            log_sign_in(call, &Subject::User(id), SignInMethod::Telegram, "signed_in");
            let signed_in = SignedIn::new(&*ctx.issuer().await, &account, &token, now)?;
            Ok(Some(FirstFactor::SignedIn(Box::new(signed_in))))
        }
        Err(ClaimError::Taken(Taken::Telegram(_))) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
