//! What pictures are for, and how large and of which kind they may be.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const MIB: u64 = 1024 * 1024;

/// What a picture is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MediaPurpose)]
pub enum Purpose {
    /// The picture beside a user's name.
    Avatar,
    /// A picture in a message.
    Message,
    /// A picture that tells something: of a tank, of a place, of a person.
    Photo,
    /// A picture of something that is sold.
    Product,
}

/// Something is none of those that are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of {0}")]
pub struct NotOffered(&'static str);

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Avatar, Self::Message, Self::Photo, Self::Product];

    /// Its name, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Avatar => "avatar",
            Self::Message => "message",
            Self::Photo => "photo",
            Self::Product => "product",
        }
    }

    /// The most that an upload may hold, in bytes.
    pub const fn max_bytes(self) -> u64 {
        match self {
            Self::Avatar => 5 * MIB,
            Self::Message | Self::Product => 10 * MIB,
            Self::Photo => 20 * MIB,
        }
    }

    /// The kinds that may be uploaded.
    pub const fn content_types(self) -> &'static [ContentType] {
        match self {
            Self::Avatar | Self::Message | Self::Photo | Self::Product => &ContentType::ALL,
        }
    }

    /// The size, if it may be asked for.
    pub fn check_bytes(self, bytes: u64) -> Result<u64, String> {
        if (1..=self.max_bytes()).contains(&bytes) {
            Ok(bytes)
        } else {
            Err(format!("must be 1 to {}", self.max_bytes()))
        }
    }

    /// The kind, if it may be asked for.
    pub fn check_type(self, content_type: ContentType) -> Result<ContentType, String> {
        if self.content_types().contains(&content_type) {
            Ok(content_type)
        } else {
            Err(format!("is not taken for {}", self.as_str()))
        }
    }
}

impl FromStr for Purpose {
    type Err = NotOffered;

    fn from_str(text: &str) -> Result<Self, NotOffered> {
        let found = Self::ALL.into_iter().find(|purpose| purpose.as_str() == text);
        found.ok_or(NotOffered("avatar, message, photo, product"))
    }
}

/// A kind of picture that is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum ContentType {
    /// JPEG.
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// PNG.
    #[serde(rename = "image/png")]
    Png,
    /// WebP.
    #[serde(rename = "image/webp")]
    Webp,
}

impl ContentType {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Jpeg, Self::Png, Self::Webp];

    /// Its name, as in a `Content-Type`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}

impl FromStr for ContentType {
    type Err = NotOffered;

    fn from_str(text: &str) -> Result<Self, NotOffered> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or(NotOffered("image/jpeg, image/png, image/webp"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_json_and_read_back() {
        for purpose in Purpose::ALL {
            assert_eq!(serde_json::to_value(purpose).unwrap(), purpose.as_str());
            assert_eq!(purpose.as_str().parse(), Ok(purpose));
        }
        for kind in ContentType::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert!("image/gif".parse::<ContentType>().is_err());
        assert!("Avatar".parse::<Purpose>().is_err());
    }

    #[test]
    fn sizes_end_at_the_bound() {
        for purpose in Purpose::ALL {
            assert!(purpose.check_bytes(1).is_ok() && purpose.check_bytes(purpose.max_bytes()).is_ok());
            assert!(purpose.check_bytes(0).is_err() && purpose.check_bytes(purpose.max_bytes() + 1).is_err());
        }
    }
}
