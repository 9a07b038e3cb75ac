//! Mailboxes without an account that bounced or complained.

use dynamo::{Outcome, Read, StoreError, Versioned};
use jiff::Timestamp;
use types::UserId;

use super::{Store, mailbox_key};
use crate::domain::mailbox::MailboxSuppression;

impl Store {
    /// Returns what suppresses e-mails to a mailbox, if anything does.
    pub async fn mailbox_suppression(
        &self,
        recipient: UserId,
    ) -> Result<Option<Versioned<MailboxSuppression>>, StoreError> {
        self.table.get(mailbox_key(recipient), Read::Strong).await
    }

    /// Suppresses e-mails to a mailbox from a time on; false if they are suppressed since that time or later.
    pub async fn suppress_mailbox(&self, recipient: UserId, since: Timestamp) -> Result<bool, StoreError> {
        let decide = |known: Option<&Versioned<MailboxSuppression>>| {
            let is_news = known.is_none_or(|known| known.value.since < since);
            is_news.then_some(MailboxSuppression { recipient, since }).into()
        };
        let outcome: Outcome<MailboxSuppression> = self.table.update(mailbox_key(recipient), decide).await?;
        Ok(outcome.is_applied())
    }
}
