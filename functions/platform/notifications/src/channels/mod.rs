//! Ways to reach a person, one file each.
//!
//! A channel takes a delivery, finds out where it goes, says what it says there, and reports. To add one: a variant of
//! [`Channel`], a file here, and its line in [`send`]; what it costs and asks of its provider stays in the file. The inbox
//! is no file: what stands there is written with the deliveries themselves, and open sockets hear of it by an event.

mod email;
mod push;
mod sms;

pub use email::Mailer;

use contracts::notifications::Channel;
use dynamo::StoreError;
use types::Uuid;

use crate::ctx::Sender;
use crate::domain::delivery::Suppression;
use crate::endpoints::TakeOutError;
use crate::store::Due;
use crate::templates::TemplateError;

/// What became of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The provider has it.
    Sent,
    /// It shall not be sent.
    Suppressed(Suppression),
    /// The provider will never take it.
    Refused(String),
    /// The provider may take it later.
    Missed(String),
}

/// What a channel reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What became of the try.
    pub outcome: Outcome,
    /// Which devices have it now, where a delivery goes to several.
    pub reached: Vec<Uuid>,
}

impl From<Outcome> for Report {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, reached: Vec::new() }
    }
}

/// A channel could not even try.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A device that is to hear nothing more could not be taken out.
    #[error(transparent)]
    Device(#[from] TakeOutError),
    /// The text cannot be written: the same for every try.
    #[error(transparent)]
    Template(#[from] TemplateError),
}

/// Tries to send a delivery.
pub async fn send(sender: &Sender, due: &Due) -> Result<Report, ChannelError> {
    match due.delivery.value.channel {
        Channel::Email => email::send(sender, due).await,
        Channel::Push => push::send(sender, due).await,
        Channel::Sms => sms::send(sender, due).await,
        // It stands in the inbox since it was planned.
        Channel::InApp => Ok(Outcome::Sent.into()),
    }
}
