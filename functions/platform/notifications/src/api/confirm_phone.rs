//! `POST /v1/notifications/phone/confirm`: the code that came proves the number.

use axum::extract::State;
use kit::auth::{Purpose, Standing};
use kit::http::{Fields, Json, NoContent, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::ctx::PhoneProofs;
use crate::domain::phone::{Phone, PhoneRefusal};
use crate::problem::Refusal;

/// The length of a code, in digits.
const CODE_DIGITS: usize = 6;

/// The code from the text message.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfirmPhone {
    #[schema(example = "123456", pattern = "^[0-9]{6}$")]
    code: String,
}

impl ConfirmPhone {
    fn parse(self) -> Result<String, Problem> {
        let mut fields = Fields::new();
        let is_code = self.code.len() == CODE_DIGITS && self.code.bytes().all(|byte| byte.is_ascii_digit());
        let code = fields.check("code", is_code.then_some(self.code).ok_or("must be six digits"));
        fields.all((code,)).map(|(code,)| code)
    }
}

/// Confirm my phone number
///
/// The code works once, for 10 minutes. After five wrong codes it is void: set the number again.
#[utoipa::path(
    post, path = "/v1/notifications/phone/confirm", operation_id = "confirm_phone", tag = "notifications",
    security(("bearer" = [])),
    request_body = ConfirmPhone,
    responses(
        (status = 204, description = "The number is confirmed and receives text messages"),
        (status = 403, description = "`notifications.code_wrong`"),
        (status = 409, description = "`notifications.no_code_pending`: there is no unconfirmed number, its code expired, or five codes were wrong"),
    )
)]
pub async fn confirm_phone(
    State(ctx): State<&'static PhoneProofs>,
    standing: Standing,
    Json(body): Json<ConfirmPhone>,
) -> Result<NoContent, Problem> {
    let (code, now) = (body.parse()?, ctx.clock.now());
    let (caller, read) = standing.with(ctx.store.phone(standing.user_id())).await?;
    let judge = |phone: &Phone| {
        let is_right = phone
            .open(now)
            .is_some_and(|pending| ctx.link_key.is_code(Purpose::ConfirmPhone, caller.user_id, pending.proof, &code));
        phone.answer(is_right, now)
    };
    let answer = ctx.store.change_phone(read, judge).await?.unwrap_or(Err(PhoneRefusal::NothingPending));
    answer.map_err(Refusal::from)?;
    Ok(NoContent)
}
