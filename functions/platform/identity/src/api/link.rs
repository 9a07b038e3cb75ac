//! What the links in mails carry.

use kit::auth::{LinkKey, Purpose};
use serde::Deserialize;
use types::{UserId, Uuid};

use crate::problem::Refusal;

/// The token of a link, as a client sends it. Its `Debug` shows nothing.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct LinkToken(String);

impl std::fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkToken(redacted)")
    }
}

impl LinkToken {
    /// Whose proof it is and which one, if we sent it for this purpose.
    pub fn open(&self, key: &LinkKey, purpose: Purpose) -> Result<(UserId, Uuid), Refusal> {
        key.verify(purpose, &self.0).map_err(|_| Refusal::LinkInvalid)
    }
}
