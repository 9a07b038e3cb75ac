//! What a person sees of their own phone.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::phone::Phone;

/// The number that text messages go to. Only its owner sees it.
#[derive(Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PhoneView {
    /// The number that was proven; null if there is none.
    #[schema(example = "+4915112345678")]
    number: Option<String>,
    /// Whether text messages go there.
    confirmed: bool,
    /// A number whose code may still come; null if there is none.
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
