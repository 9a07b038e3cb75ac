//! What other users see of a user: a name and an avatar.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{MediaId, PersonName, UserId};

/// The variant that profiles show: at most 640 pixels on the longer side.
pub const AVATAR_VARIANT: &str = "medium";

/// The public profile of a user, a copy that events keep current.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// User ID.
    pub user_id: UserId,
    /// Display name. None until identity published it.
    pub name: Option<PersonName>,
    /// Time of the event that the name is from.
    pub name_since: Option<Timestamp>,
    /// The newest published picture with the purpose `avatar`.
    pub avatar: Option<Avatar>,
    /// Time of the event that the avatar is from.
    pub avatar_since: Option<Timestamp>,
}

/// A published picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Avatar {
    /// Media ID.
    pub media_id: MediaId,
    /// Object in the bucket.
    pub key: String,
}

impl Profile {
    /// The profile of a user of whom nothing is known yet.
    pub const fn new(user_id: UserId) -> Self {
        Self { user_id, name: None, name_since: None, avatar: None, avatar_since: None }
    }

    /// The profile with a name, unless the known one is as new.
    pub fn named(&self, name: &PersonName, since: Timestamp) -> Option<Self> {
        let is_newer = self.name_since.is_none_or(|known| known < since);
        is_newer.then(|| Self { name: Some(name.clone()), name_since: Some(since), ..self.clone() })
    }

    /// The profile with an avatar, unless the known one is as new.
    pub fn with_avatar(&self, avatar: Avatar, since: Timestamp) -> Option<Self> {
        let is_newer = self.avatar_since.is_none_or(|known| known < since);
        is_newer.then(|| Self { avatar: Some(avatar), avatar_since: Some(since), ..self.clone() })
    }

    /// The profile after a takeover of the account: without the name and the avatar of the registrant, unless newer ones are
    /// known. Earlier ones that arrive late stay out.
    pub fn reclaimed(&self, at: Timestamp) -> Option<Self> {
        let is_older = |since: Option<Timestamp>| since.is_none_or(|since| since < at);
        let mut next = self.clone();
        if is_older(self.name_since) {
            (next.name, next.name_since) = (None, Some(at));
        }
        if is_older(self.avatar_since) {
            (next.avatar, next.avatar_since) = (None, Some(at));
        }
        (next != *self).then_some(next)
    }

    /// The profile without a picture, unless another one is the avatar.
    pub fn without_avatar(&self, media_id: MediaId) -> Option<Self> {
        let is_shown = self.avatar.as_ref().is_some_and(|avatar| avatar.media_id == media_id);
        is_shown.then(|| Self { avatar: None, ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use types::Uuid;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn avatar(number: u128) -> Avatar {
        Avatar { media_id: MediaId::new(Uuid::from_u128(number)), key: number.to_string() }
    }

    #[test]
    fn the_newest_name_stands_in_whatever_order_events_arrive() {
        let (old, new) = (PersonName::parse("Ann").unwrap(), PersonName::parse("Anna").unwrap());
        let profile = Profile::new(UserId::new(Uuid::from_u128(1)));
        let named = profile.named(&new, at(2)).unwrap();
        assert_eq!((named.named(&old, at(1)), named.named(&new, at(2))), (None, None));
        assert_eq!(profile.named(&old, at(1)).unwrap().named(&new, at(2)), Some(named));
    }

    #[test]
    fn a_takeover_empties_what_the_registrant_set_and_nothing_newer() {
        let (old, new) = (PersonName::parse("Mallory").unwrap(), PersonName::parse("Ann").unwrap());
        let user = UserId::new(Uuid::from_u128(1));
        let profile = Profile::new(user).named(&old, at(1)).unwrap().with_avatar(avatar(7), at(2)).unwrap();
        let reclaimed = profile.reclaimed(at(3)).unwrap();
        assert_eq!((&reclaimed.name, &reclaimed.avatar), (&None, &None));
        assert_eq!(reclaimed.reclaimed(at(3)), None, "a repeat changes nothing");
        assert_eq!((reclaimed.named(&old, at(2)), reclaimed.with_avatar(avatar(6), at(2))), (None, None));
        let renamed = reclaimed.named(&new, at(4)).unwrap();
        assert_eq!(renamed.reclaimed(at(3)), None, "the event comes late");
        // The event comes first.
        let first = Profile::new(user).reclaimed(at(3)).unwrap();
        assert_eq!(first.named(&old, at(1)), None);
    }

    #[test]
    fn only_the_avatar_that_is_shown_is_removed() {
        let profile = Profile::new(UserId::new(Uuid::from_u128(1))).with_avatar(avatar(7), at(2)).unwrap();
        assert_eq!(profile.with_avatar(avatar(6), at(1)), None);
        assert_eq!(profile.without_avatar(avatar(6).media_id), None);
        let bare = profile.without_avatar(avatar(7).media_id).unwrap();
        assert_eq!(bare.avatar, None);
        // A repeated event of the removed picture does not bring it back.
        assert_eq!(bare.with_avatar(avatar(7), at(2)), None);
    }
}
