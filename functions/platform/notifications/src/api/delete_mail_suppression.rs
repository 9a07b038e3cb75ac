//! `DELETE /v1/notifications/mail-suppressions/{id}`: an admin allows e-mails to an address that bounced or complained.

use axum::extract::State;
use kit::auth::{Admin, Standing};
use kit::http::{Id, NoContent, Path, Problem};
use types::UserId;

use crate::ctx::Public;
use crate::problem::Refusal;
use crate::store::Lifted;

/// Delete a mail suppression
///
/// Allows e-mails to the present address of a user again, after a bounce or a complaint had stopped them. Requires the role
/// `admin`. E-mails that were suppressed before are not sent. The next bounce or complaint suppresses the address again. An
/// entry in the account-level suppression list of SES is not removed.
#[utoipa::path(
    delete, path = "/v1/notifications/mail-suppressions/{id}", operation_id = "delete_mail_suppression", tag = "notifications",
    security(("bearer" = ["admin"])),
    params(("id" = UserId, Path, description = "ID of the user")),
    responses(
        (status = 204, description = "E-mails are sent to the address again"),
        (status = 404, description = "`notifications.no_such_mail_suppression`: no bounce or complaint stops e-mails to this user"),
    )
)]
pub async fn delete_mail_suppression(
    State(ctx): State<&'static Public>,
    admin: Standing<Admin>,
    Path(Id { id }): Path<Id<UserId>>,
) -> Result<NoContent, Problem> {
    let (admin, contact) = admin.with(ctx.store.contact(id)).await?;
    match ctx.store.lift_suppression(contact, ctx.clock.now()).await? {
        Lifted::Done => {
            tracing::info!(admin_id = %admin.user_id, user_id = %id, "an admin lifted a mail suppression");
            Ok(NoContent)
        }
        Lifted::NotSuppressed => Err(Refusal::NoSuchMailSuppression.into()),
    }
}
