//! On `identity.user_registered.v1`, `identity.profile_changed.v1`, `media.published.v1`, `media.deleted.v1`: keeps public
//! profiles current, with names from identity's events and avatars from this context's own.

use contracts::Envelope;
use contracts::identity::{ProfileChanged, UserRegistered};
use contracts::media::{MediaDeleted, MediaPublished};
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;
use types::{MediaId, UserId};

use crate::ctx::Profiles;
use crate::domain::keys;
use crate::domain::medium::Status;
use crate::domain::profile::{AVATAR_VARIANT, Avatar};
use crate::domain::purpose::Purpose;

/// Handles one event. The newest fact wins, in whatever order events arrive.
pub async fn keep_profiles(ctx: &'static Profiles, event: Envelope<Value>) -> Handled {
    let since = event.occurred_at;
    let changed = if event.is::<UserRegistered>() {
        let fact = event.decode::<UserRegistered>()?.data;
        ctx.store.change_profile(fact.user_id, |profile| profile.named(&fact.name, since)).await?
    } else if event.is::<ProfileChanged>() {
        let fact = event.decode::<ProfileChanged>()?.data;
        ctx.store.change_profile(fact.user_id, |profile| profile.named(&fact.name, since)).await?
    } else if event.is::<MediaDeleted>() {
        let fact = event.decode::<MediaDeleted>()?.data;
        ctx.store.change_profile(fact.owner_id, |profile| profile.without_avatar(fact.media_id)).await?
    } else if event.is::<MediaPublished>() {
        let fact = event.decode::<MediaPublished>()?.data;
        let Some(avatar) = avatar(ctx, fact.owner_id, fact.media_id).await? else { return Ok(Done::Ignored) };
        ctx.store.change_profile(fact.owner_id, |profile| profile.with_avatar(avatar.clone(), since)).await?
    } else {
        return Err(Failure::Poison(format!("unexpected event type {}", event.detail_type())));
    };
    Ok(if changed { Done::Applied } else { Done::Duplicate })
}

/// The picture as an avatar; none if it has another purpose, or was deleted meanwhile.
async fn avatar(ctx: &Profiles, owner: UserId, media_id: MediaId) -> Result<Option<Avatar>, Failure> {
    let medium = ctx.store.medium(owner, media_id).await?;
    let medium = medium.map(|medium| medium.value).filter(|medium| medium.purpose == Purpose::Avatar);
    Ok(medium.and_then(|medium| match &medium.status {
        Status::Published { revision, .. } => {
            Some(Avatar { media_id, key: keys::variant(owner, media_id, revision, AVATAR_VARIANT) })
        }
        _ => None,
    }))
}
