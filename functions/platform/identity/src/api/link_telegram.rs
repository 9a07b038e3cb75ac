//! `POST /v1/users/me/telegram`: links a Telegram account to the account of the caller.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::Caller;
use kit::http::{Json, NoContent, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::ctx::Public;
use crate::domain::account::{Account, Status};
use crate::problem::Refusal;
use crate::telegram::{InitData, WithTelegram};

/// Request to link a Telegram account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LinkTelegram {
    /// `Telegram.WebApp.initData`, unchanged. Valid for five minutes.
    #[schema(value_type = String, example = "query_id=AAH&user=%7B%22id%22%3A4711%2C%22first_name%22%3A%22Ann%22%7D&auth_date=1800000000&hash=…")]
    init_data: InitData,
}

/// Link Telegram
///
/// The Telegram account can then sign in to this account. Replaces a Telegram account that was linked before.
#[utoipa::path(
    post, path = "/v1/users/me/telegram", operation_id = "link_telegram", tag = "identity",
    security(("bearer" = [])),
    request_body = LinkTelegram,
    responses(
        (status = 204, description = "Telegram account linked"),
        (status = 401, description = "`auth.session_ended`: the session has ended; sign in again; `identity.telegram_invalid`: the init data is not signed by the bot; `identity.telegram_expired`: the init data is older than five minutes; open the Mini App again"),
        (status = 403, description = "`auth.suspended`: the account is suspended"),
        (status = 404, description = "`identity.no_such_user`: the account was deleted; `identity.telegram_off`: Telegram sign-in is not configured in this deployment"),
        (status = 409, description = "`identity.telegram_taken`: the Telegram account is linked to another account"),
    )
)]
pub async fn link_telegram(
    State(ctx): State<&'static WithTelegram<Public>>,
    caller: Caller,
    Json(body): Json<LinkTelegram>,
) -> Result<NoContent, Problem> {
    let (store, now) = (&ctx.base.store, ctx.base.clock.now());
    let user = ctx.user(&body.init_data, now).await?;
    let read = store.account_of(&caller, now).await?;
    if read.value.status == Status::Active && read.value.is_linked_to(user.id) {
        return Ok(NoContent);
    }
    store
        .change_with_claims(read, |account: &mut Account| {
            if account.status == Status::Suspended {
                return Err(Problem::from(Refusal::Suspended));
            }
            account.link_telegram(user.id, now);
            Ok(((), Outbox::none()))
        })
        .await?;
    Ok(NoContent)
}
