//! On `identity.user_registered.v1`: sends the mail that asks for the proof of the address, once per account.
//! On `identity.email_verified.v1`: makes sure that the mail is not sent any more, should the events come in this order.

use contracts::Envelope;
use contracts::identity::{EmailVerified, UserRegistered};
use kit::auth::Purpose;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::ctx::Ctx;
use crate::domain::delivery::Delivery;
use crate::store::Claim;
use crate::templates;

/// The delivery's name: one per account, whichever event tells of it.
const CAUSE: &str = "verification";

/// Handles one event.
pub async fn send_verification_email(ctx: &'static Ctx, event: Envelope<Value>) -> Handled {
    if event.is::<UserRegistered>() {
        send(ctx, event.decode::<UserRegistered>()?.data).await
    } else if event.is::<EmailVerified>() {
        suppress(ctx, &event.decode::<EmailVerified>()?.data).await
    } else {
        Err(Failure::Poison(format!("no use for {}", event.detail_type())))
    }
}

async fn send(ctx: &Ctx, user: UserRegistered) -> Handled {
    let (Some(email), Some(proof)) = (&user.email, user.verification_id) else { return Ok(Done::Ignored) };
    let now = ctx.clock.now();
    let claimed = match ctx.store.claim(Delivery::begin(user.user_id, CAUSE, now), now).await? {
        Claim::Ours(claimed) => claimed,
        Claim::Done => return Ok(Done::Duplicate),
        Claim::Busy => return Err(Failure::Retry("another sender is at it".into())),
    };
    let token = ctx.link_key.sign(Purpose::VerifyEmail, user.user_id, proof);
    let link = format!("{}/verify-email?token={token}", ctx.app_url);
    let mail = templates::verify_email(&user.name, &link).map_err(|error| Failure::Poison(error.to_string()))?;
    if let Err(failure) = ctx.mailer.send(email, mail).await {
        ctx.store.give_back(&claimed).await?;
        return Err(failure);
    }
    ctx.store.sent(&claimed, ctx.clock.now()).await?;
    Ok(Done::Applied)
}

async fn suppress(ctx: &Ctx, user: &EmailVerified) -> Handled {
    let now = ctx.clock.now();
    let fresh = ctx.store.suppress(Delivery::begin(user.user_id, CAUSE, now), now).await?;
    Ok(if fresh { Done::Applied } else { Done::Duplicate })
}
