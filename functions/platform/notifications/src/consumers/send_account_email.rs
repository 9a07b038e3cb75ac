//! Sends the mails about an account, each once per cause:
//! - on `identity.user_registered.v1` and `identity.verification_requested.v1`, the one that asks to prove the address;
//! - on `identity.password_reset_requested.v1`, the one that lets its reader set a new password;
//! - on `identity.password_changed.v1`, the one that tells of it.
//!
//! On `identity.email_verified.v1`: makes sure that what asks for this proof is not sent any more, should the events come
//! in this order.

use contracts::identity::{
    EmailVerified, PasswordChanged, PasswordResetRequested, UserRegistered, VerificationRequested,
};
use contracts::{Envelope, WrongEvent};
use jiff::Timestamp;
use kit::auth::Purpose;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;
use types::{EmailAddress, PersonName, UserId};

use crate::ctx::Ctx;
use crate::domain::account_mail::{AccountMail, Topic};
use crate::domain::delivery::Delivery;
use crate::store::Claim;
use crate::templates::{self, Rendered, TemplateError};

/// Handles one event.
pub async fn send_account_email(ctx: &'static Ctx, event: Envelope<Value>) -> Handled {
    if event.is::<EmailVerified>() {
        let event = event.decode::<EmailVerified>()?;
        let fresh = ctx.store.note_proven(event.data.user_id, event.occurred_at).await?;
        return Ok(if fresh { Done::Applied } else { Done::Duplicate });
    }
    match mail_for(event)? {
        Some(mail) => send(ctx, &mail).await,
        None => Ok(Done::Ignored),
    }
}

/// The mail that an event asks for; none where there is no address.
fn mail_for(event: Envelope<Value>) -> Result<Option<AccountMail>, Failure> {
    let caused_at = event.occurred_at;
    if event.is::<UserRegistered>() {
        let user = event.decode::<UserRegistered>()?.data;
        let topic = user.verification_id.map(Topic::VerifyEmail);
        Ok(topic.and_then(|topic| mail(user.user_id, user.email, user.name, topic, caused_at)))
    } else if event.is::<VerificationRequested>() {
        let user = event.decode::<VerificationRequested>()?.data;
        Ok(mail(user.user_id, Some(user.email), user.name, Topic::VerifyEmail(user.verification_id), caused_at))
    } else if event.is::<PasswordResetRequested>() {
        let user = event.decode::<PasswordResetRequested>()?.data;
        Ok(mail(user.user_id, Some(user.email), user.name, Topic::ResetPassword(user.reset_id), caused_at))
    } else if event.is::<PasswordChanged>() {
        let topic = Topic::PasswordChanged(event.id);
        let user = event.decode::<PasswordChanged>()?.data;
        Ok(mail(user.user_id, user.email, user.name, topic, caused_at))
    } else {
        Err(WrongEvent(format!("no use for {}", event.detail_type())).into())
    }
}

fn mail(
    user_id: UserId,
    to: Option<EmailAddress>,
    name: PersonName,
    topic: Topic,
    caused_at: Timestamp,
) -> Option<AccountMail> {
    to.map(|to| AccountMail { user_id, to, name, topic, caused_at })
}

async fn send(ctx: &Ctx, mail: &AccountMail) -> Handled {
    if let Topic::VerifyEmail(_) = mail.topic
        && let Some(proven_at) = ctx.store.proven_at(mail.user_id).await?
        && mail.is_pointless(proven_at)
    {
        return Ok(Done::Ignored);
    }
    let now = ctx.clock.now();
    let claimed = match ctx.store.claim(Delivery::begin(mail.user_id, mail.cause(), now), now).await? {
        Claim::Ours(claimed) => claimed,
        Claim::Done => return Ok(Done::Duplicate),
        Claim::Busy => return Err(Failure::Retry("another sender is at it".into())),
    };
    let rendered = render(ctx, mail).map_err(|error| Failure::Poison(error.to_string()))?;
    if let Err(failure) = ctx.mailer.send(&mail.to, rendered).await {
        ctx.store.give_back(&claimed).await?;
        return Err(failure);
    }
    ctx.store.sent(&claimed, ctx.clock.now()).await?;
    Ok(Done::Applied)
}

/// What the mail says. Its link is signed here and nowhere else: events, which are archived, hold no secret.
fn render(ctx: &Ctx, mail: &AccountMail) -> Result<Rendered, TemplateError> {
    let link = |page: &str, purpose, proof| {
        format!("{}/{page}?token={}", ctx.app_url, ctx.link_key.sign(purpose, mail.user_id, proof))
    };
    match mail.topic {
        Topic::VerifyEmail(proof) => {
            templates::verify_email(&mail.name, &link("verify-email", Purpose::VerifyEmail, proof))
        }
        Topic::ResetPassword(proof) => {
            templates::reset_password(&mail.name, &link("reset-password", Purpose::ResetPassword, proof))
        }
        Topic::PasswordChanged(_) => {
            templates::password_changed(&mail.name, &format!("{}/forgot-password", ctx.app_url))
        }
    }
}
