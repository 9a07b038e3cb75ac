//! Ways to reach a user, one file each.
//!
//! A channel takes a delivery, finds its address, renders the text, sends it, and reports the outcome. To add one: a variant
//! of [`Channel`], a file here, and its line in [`send`]. The inbox has no file: its items are written with the deliveries
//! themselves, and open WebSockets are informed by an event.

pub mod email;
mod pace;
mod push;
mod sms;

pub use email::Mailer;
pub use pace::{Pace, PerSecond};

use contracts::notifications::Channel;
use dynamo::StoreError;
use types::Uuid;

use crate::ctx::Sender;
use crate::domain::delivery::Suppression;
use crate::endpoints::TakeOutError;
use crate::store::Due;
use crate::templates::TemplateError;

/// The outcome of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The provider accepted it.
    Sent,
    /// It is not sent on purpose.
    Suppressed(Suppression),
    /// The provider will never accept it.
    Refused(String),
    /// The provider may accept it later. It may even have accepted it, if its response was lost.
    Missed(String),
    /// The provider accepts nothing of this kind at the moment: it throttles, sending is paused, or the sender's address is not
    /// verified yet. That is no attempt.
    Deferred(String),
}

/// What a channel reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The outcome of the attempt.
    pub outcome: Outcome,
    /// Which devices have it now, where a delivery goes to several.
    pub reached: Vec<Uuid>,
    /// True if it was counted towards the limits of its address.
    pub is_counted: bool,
}

impl From<Outcome> for Report {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, reached: Vec::new(), is_counted: false }
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
