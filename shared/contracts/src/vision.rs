//! Events of the identification of pictures.

use serde::{Deserialize, Serialize};
use types::{IdentificationId, MediaId, UserId};
use utoipa::ToSchema;

/// What a picture is looked at for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentificationKind {
    /// Animals and plants: the result is names of species.
    Species,
    /// A test strip or the colours of a test kit: the result is water values.
    TestStrip,
}

impl IdentificationKind {
    /// Returns the name as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Species => "species",
            Self::TestStrip => "test_strip",
        }
    }
}

/// A user requested the identification of a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentificationRequested {
    /// Identification ID.
    pub identification_id: IdentificationId,
    /// User ID of the requester, who owns the picture.
    pub user_id: UserId,
    /// Media ID of the picture.
    pub media_id: MediaId,
    /// What to look for.
    pub kind: IdentificationKind,
}

event!(IdentificationRequested, "vision.identification_requested", version = 1, subject = identification_id);

/// A model looked at a picture. The result is suggestions, which no person has confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Identified {
    /// Identification ID.
    pub identification_id: IdentificationId,
    /// User ID of the requester.
    pub user_id: UserId,
    /// What was looked for.
    pub kind: IdentificationKind,
    /// Number of suggestions, 0 to 20.
    #[schema(maximum = 20)]
    pub count: u32,
}

event!(Identified, "vision.identified", version = 1, subject = identification_id);

/// A user confirmed the values of a test strip, with or without changes. No reading was recorded: clients do that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentificationConfirmed {
    /// Identification ID.
    pub identification_id: IdentificationId,
    /// User ID of the requester, who confirmed.
    pub user_id: UserId,
    /// The values that the user confirmed, 0 to 20. Suggested values that are missing were wrong.
    #[schema(max_items = 20)]
    pub values: Vec<ConfirmedValue>,
    /// Number of values that are as the model suggested them.
    #[schema(maximum = 20)]
    pub unchanged: u32,
}

event!(IdentificationConfirmed, "vision.identification_confirmed", version = 1, subject = identification_id);

/// A value of a test strip that a user confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmedValue {
    /// Water parameter, for example `nitrate`.
    pub parameter: String,
    /// Value in the canonical unit of the parameter.
    pub value: i64,
    /// Value as it was entered, decimal.
    pub entered_value: String,
    /// Unit in which it was entered.
    pub entered_unit: String,
}
