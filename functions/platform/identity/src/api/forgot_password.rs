//! `POST /v1/auth/forgot-password`: asks for a mail that lets its reader set a new password.
//! Emits `identity.password_reset_requested.v1`, if the address has an account that was not asked for a moment ago.

use axum::extract::State;
use dynamo::Outbox;
use http::StatusCode;
use kit::http::{Fields, Invocation, Json, Problem};
use serde::Deserialize;
use types::{EmailAddress, UserId, Uuid};
use utoipa::ToSchema;

use crate::ctx::Public;
use crate::problem::Unwritten;

/// Whose password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ForgotPassword {
    #[schema(format = Email, example = "ann@example.com")]
    email: String,
}

/// Ask for a new password
///
/// The answer is the same whether or not the address has an account. The mail's link works once, for 30 minutes; one
/// mail per minute and account.
#[utoipa::path(
    post, path = "/v1/auth/forgot-password", operation_id = "forgot_password", tag = "identity",
    request_body = ForgotPassword,
    responses(
        (status = 202, description = "If the address has an account, a mail is on its way"),
    )
)]
pub async fn forgot_password(
    State(ctx): State<&'static Public>,
    call: Invocation,
    Json(body): Json<ForgotPassword>,
) -> Result<StatusCode, Problem> {
    let mut fields = Fields::new();
    let email = fields.check("email", EmailAddress::parse(&body.email));
    let (email,) = fields.all((email,))?;

    let (now, id) = (ctx.clock.now(), Uuid::now_v7());
    // Two reads and one write, whoever asks for whom: what is not there is looked for all the same, and where there is
    // nothing to write something without meaning is written. So neither cost nor time tells who has an account.
    let owner = ctx.store.owner_of(&email).await?;
    let account = ctx.store.account(owner.unwrap_or_else(UserId::generate)).await?;
    let requested = match account {
        None => None,
        Some(read) => Unwritten::or_nothing(
            ctx.store
                .change(read, |account| {
                    let fact = account.request_reset(id, now).map_err(|_| Unwritten::Nothing)?;
                    Ok(((), Outbox::of(call.event(now, fact))?))
                })
                .await,
        )?,
    };
    if requested.is_none() {
        ctx.store.write_decoy(now).await?;
    }
    Ok(StatusCode::ACCEPTED)
}
