//! Profiles: one item per user, which is erased with everything else that this context stores of the user.

use dynamo::{Decision, Entity, Key, Outbox, Outcome, Read, StoreError};
use types::UserId;

use super::{Media, Store};
use crate::domain::profile::Profile;

impl Entity for Profile {
    type Context = Media;

    fn key(&self) -> Key<Media> {
        profile_key(self.user_id)
    }
}

fn profile_key(user: UserId) -> Key<Media> {
    Key::new("user", user, "profile")
}

impl Store {
    /// A profile. May miss the last second.
    pub async fn profile(&self, user: UserId) -> Result<Option<Profile>, StoreError> {
        let profile = self.table.get::<Profile>(profile_key(user), Read::Eventual).await?;
        Ok(profile.map(|profile| profile.value))
    }

    /// The profiles of users, at most [`dynamo::MAX_BATCH_ITEMS`], in no order. May miss the last second.
    pub async fn profiles(&self, users: &[UserId]) -> Result<Vec<Profile>, StoreError> {
        let keys = users.iter().map(|user| profile_key(*user)).collect();
        let found = self.table.get_many(keys, Read::Eventual).await?.into_all::<Profile>()?;
        Ok(found.into_iter().map(|profile| profile.value).collect())
    }

    /// Changes a profile, unless the user was deleted. False if there was nothing to change.
    pub async fn change_profile(
        &self,
        user: UserId,
        next: impl Fn(&Profile) -> Option<Profile>,
    ) -> Result<bool, StoreError> {
        let decide = |read: Option<&dynamo::Versioned<Profile>>| {
            let next = read.map_or_else(|| next(&Profile::new(user)), |read| next(&read.value));
            next.map_or(Decision::<Profile>::Keep, |next| Decision::Write(next, Outbox::none()))
        };
        let outcome = self.table.update_unless_forgotten(user, profile_key(user), decide).await?;
        Ok(matches!(outcome, Outcome::Applied(_)))
    }
}
