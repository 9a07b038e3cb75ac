//! What a person sees of their own phone.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::phone::Phone;

/// The phone number for text messages. Only its owner can read it.
#[derive(Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PhoneView {
    /// The confirmed number; null if there is none.
    #[schema(example = "+4915112345678")]
    number: Option<String>,
    /// Whether there is a confirmed number.
    confirmed: bool,
    /// A number that waits for its code; null if there is none.
    pending_number: Option<String>,
}

impl PhoneView {
    pub(crate) fn new(phone: &Phone, now: Timestamp) -> Self {
        Self {
            number: phone.confirmed.as_ref().map(|number| number.as_str().to_owned()),
            confirmed: phone.confirmed.is_some(),
            pending_number: phone.open(now).map(|pending| pending.number.as_str().to_owned()),
        }
    }
}
