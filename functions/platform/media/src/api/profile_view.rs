//! View of a profile in responses.

use jiff::Timestamp;
use serde::Serialize;
use types::{PersonName, UserId};
use utoipa::ToSchema;

use crate::domain::profile::Profile;
use crate::objects::{BucketError, Objects};

/// The public profile of a user.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProfileView {
    /// User ID.
    user_id: UserId,
    /// Display name.
    #[schema(value_type = String, example = "Ann")]
    name: PersonName,
    /// URL of the avatar, a JPEG of at most 640 pixels on the longer side. Null if the user has none.
    #[schema(example = "https://media.example.com/published/avatar.jpg")]
    avatar_url: Option<String>,
    /// Time until the URL is valid. Null if it does not expire.
    #[serde(serialize_with = "types::time::optional_millis")]
    avatar_url_expires_at: Option<Timestamp>,
}

impl ProfileView {
    /// Returns the view of a profile, or `None` if no name is known.
    pub async fn of(profile: Profile, objects: &Objects, now: Timestamp) -> Result<Option<Self>, BucketError> {
        let Some(name) = profile.name else { return Ok(None) };
        let (avatar_url, avatar_url_expires_at) = match &profile.avatar {
            Some(avatar) => {
                let (url, until) = objects.url(&avatar.key, now).await?;
                (Some(url), until)
            }
            None => (None, None),
        };
        Ok(Some(Self { user_id: profile.user_id, name, avatar_url, avatar_url_expires_at }))
    }
}
