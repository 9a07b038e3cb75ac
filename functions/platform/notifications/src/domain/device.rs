//! Devices that push messages reach.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{SessionId, UserId, Uuid, derive_id};

/// The most devices of one person; with another one, the oldest goes.
pub const MAX_DEVICES: u32 = 20;

/// The longest push token, in characters: Firebase's may have up to 4,096.
const MAX_TOKEN_CHARS: usize = 4_096;

/// What a push service calls a device. With the operator's keys it allows to send to the device: its `Debug` shows
/// nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct PushToken(String);

/// The text is no push token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to {MAX_TOKEN_CHARS} visible ASCII characters")]
pub struct NoToken;

impl PushToken {
    /// Reads a token. Whether the push service gave it, only that service knows.
    pub fn parse(text: String) -> Result<Self, NoToken> {
        let fits = (1..=MAX_TOKEN_CHARS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self(text)) } else { Err(NoToken) }
    }

    /// The token itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

types::redacted!(PushToken);

/// Whose push service a device listens to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PushPlatform)]
pub enum Platform {
    /// Apple Push Notification service.
    Apns,
    /// Firebase Cloud Messaging.
    Fcm,
}

/// A device that push messages reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Whose it is.
    pub user_id: UserId,
    /// Which device: the same token always gives the same id.
    pub device_id: Uuid,
    /// Whose push service it listens to.
    pub platform: Platform,
    /// Where SNS sends to.
    pub endpoint_arn: String,
    /// The session that it signed in with; it goes when that ends.
    pub session_id: SessionId,
    /// Since when it is known.
    pub created_at: Timestamp,
}

/// Whose a push token is: it belongs to one person at a time, the one who signed in last on the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenOwner {
    /// Which device the token is of.
    pub device_id: Uuid,
    /// Whose it is.
    pub user_id: UserId,
}

/// The devices that go where one more comes, the oldest of those that there are.
///
/// One that is there already takes no further place. Two that come at once may be one too many for a moment: the next one
/// makes up for it.
pub fn crowded_out(devices: &[Device], coming: Uuid) -> Vec<Uuid> {
    let mut others: Vec<_> = devices.iter().filter(|device| device.device_id != coming).collect();
    others.sort_by_key(|device| (device.created_at, device.device_id));
    let room = MAX_DEVICES as usize - 1;
    let too_many = others.len().saturating_sub(room);
    others.iter().take(too_many).map(|device| device.device_id).collect()
}

/// The device of a push token. The token itself is not kept: SNS has it.
pub fn device_id(platform: Platform, token: &str) -> Uuid {
    let platform = match platform {
        Platform::Apns => "apns",
        Platform::Fcm => "fcm",
    };
    derive_id(&["push", platform, token])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn there_is_room_for_the_newest_and_the_oldest_go(ages in proptest::collection::vec(0_i64..50, 0..40), coming in 0_usize..50) {
            let device = |(index, age): (usize, &i64)| Device {
                user_id: UserId::new(Uuid::nil()),
                device_id: Uuid::from_u128(index as u128),
                platform: Platform::Fcm,
                endpoint_arn: String::new(),
                session_id: SessionId::new(Uuid::nil()),
                created_at: Timestamp::from_second(*age).unwrap(),
            };
            let devices: Vec<_> = ages.iter().enumerate().map(device).collect();
            let coming = Uuid::from_u128(coming as u128);
            let gone = crowded_out(&devices, coming);
            let others: Vec<_> = devices.iter().filter(|device| device.device_id != coming).collect();
            let stay: Vec<_> = others.iter().filter(|device| !gone.contains(&device.device_id)).collect();
            prop_assert!(!gone.contains(&coming));
            prop_assert_eq!(stay.len(), others.len().min(MAX_DEVICES as usize - 1));
            let oldest_left = stay.iter().map(|device| device.created_at).min();
            let newest_gone = others.iter().filter(|device| gone.contains(&device.device_id)).map(|device| device.created_at).max();
            prop_assert!(newest_gone.is_none() || newest_gone <= oldest_left);
        }
    }

    #[test]
    fn tokens_are_bounded_and_shown_to_nobody() {
        for bad in ["", "a b", "a\n", "é", &"a".repeat(MAX_TOKEN_CHARS + 1)] {
            assert_eq!(PushToken::parse(bad.to_owned()), Err(NoToken), "{bad:?}");
        }
        let token = PushToken::parse("bk3RNwTe3H0:CI2k".to_owned()).unwrap();
        assert_eq!(format!("{token:?}"), "PushToken(redacted)");
    }

    #[test]
    fn a_token_names_one_device_of_one_service() {
        assert_eq!(device_id(Platform::Fcm, "a"), device_id(Platform::Fcm, "a"));
        assert_ne!(device_id(Platform::Fcm, "a"), device_id(Platform::Apns, "a"));
        assert_ne!(device_id(Platform::Fcm, "a"), device_id(Platform::Fcm, "b"));
    }
}
