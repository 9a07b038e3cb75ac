//! `PUT /v1/notifications/phone`: begins the proof that a number is the caller's: a code goes there.
//! Emits `notifications.delivery_queued.v1`.

use axum::extract::State;
use axum::http::StatusCode;
use contracts::notifications::{Category, Channel};
use dynamo::ConflictRetry;
use jiff::Timestamp;
use kit::auth::{Standing, VerifiedEmail};
use kit::http::{Fields, Invocation, Json, Problem};
use serde::Deserialize;
use types::{PhoneNumber, UserId, Uuid};
use utoipa::ToSchema;

use crate::ctx::NewPhones;
use crate::domain::content::{Content, Link};
use crate::domain::delivery::{Delivery, Status};
use crate::domain::phone::Phone;
use crate::problem::Refusal;
use crate::queue::queued;
use crate::store::{Asked, MAX_ATTEMPTS};

/// A phone number.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetPhone {
    /// With its country's code.
    #[schema(min_length = 8, max_length = 32, pattern = r"^[ ().\-/]*\+[0-9 ().\-/]+$", example = "+4915112345678")]
    number: String,
}

/// Set my phone number
///
/// Requires a verified e-mail address. Sends a six-digit code to the number; confirm it with `POST /v1/notifications/phone/confirm`. Until then, a previously
/// confirmed number stays in use. The deployment decides to which countries text messages are sent. Limits: one code per
/// minute and five per day (UTC).
#[utoipa::path(
    put, path = "/v1/notifications/phone", operation_id = "set_phone", tag = "notifications",
    security(("bearer" = [])),
    request_body = SetPhone,
    responses(
        (status = 202, description = "The code is being sent"),
        (status = 403, description = "`auth.email_unverified`: the e-mail address of the account is not verified"),
        (status = 404, description = "`notifications.no_such_user`: the account was deleted"),
        (status = 429, description = "`notifications.code_too_soon`: one code per minute; `request.limit_exceeded`: five codes were requested today; retry after `Retry-After` seconds"),
    )
)]
pub async fn set_phone(
    State(ctx): State<&'static NewPhones>,
    call: Invocation,
    standing: Standing<VerifiedEmail>,
    Json(body): Json<SetPhone>,
) -> Result<StatusCode, Problem> {
    let mut fields = Fields::new();
    let number = fields.check("number", PhoneNumber::parse(&body.number));
    if number.as_ref().is_some_and(|number| !ctx.countries.allow(number)) {
        fields.refuse("number", ctx.countries.rule());
    }
    let (number,) = fields.all((number,))?;
    let proof = types::new_uuid();
    let mut retry = ConflictRetry::up_to(MAX_ATTEMPTS);
    loop {
        let now = ctx.clock.now();
        let (caller, read) = standing.with(ctx.store.phone(standing.user_id())).await?;
        let before = read.as_ref().map_or_else(|| Phone::none(caller.user_id), |read| read.value.clone());
        let asked = before.ask(number.clone(), proof, now).map_err(Refusal::from)?;
        let message = code(caller.user_id, proof, now);
        let event = call.event(now, queued(&message));
        match ctx.store.ask_for_proof(read.as_ref(), &asked, &message, event).await? {
            Asked::Done => return Ok(StatusCode::ACCEPTED),
            Asked::Limit(exceeded) => return Err(exceeded.into()),
            Asked::Forgotten => return Err(Refusal::NoSuchUser.into()),
            Asked::Stale => retry.pause().await?,
        }
    }
}

/// The text message with the code. The code is derived when the message is sent and never stored.
fn code(user_id: UserId, proof: Uuid, now: Timestamp) -> Delivery {
    Delivery {
        user_id,
        notification_id: proof,
        channel: Channel::Sms,
        category: Category::Security,
        content: Content::template("phone_code", Link::ConfirmPhone { proof }),
        session: None,
        to: None,
        guest: None,
        reached: Vec::new(),
        in_inbox: false,
        is_counted: false,
        deferred_since: None,
        status: Status::Pending { due_at: now, last_error: None },
        attempts: 0,
        caused_at: now,
        created_at: now,
    }
}
