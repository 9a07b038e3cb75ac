//! Donations, and where they are listed.

use contracts::wallet::Recipient;
use dynamo::{Conflict, Cursor, IndexKey, Outbox, Read, StoreError, Versioned};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{DonationId, Money};

use super::disputes::PaymentReference;
use super::{
    Beside, MAX_RECIPIENT_CHECKS, NotPosted, Posted, Store, changed_or, donation_key, holder_key, while_represented,
};
use crate::domain::account::Holder;
use crate::domain::donation::{Direction, Donation};
use crate::domain::ledger::Transfer;
use crate::domain::people::Receiver;

/// A donation in the list of a user or a point. What changes is in the donation itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// In whose list.
    #[serde(with = "holder_text")]
    pub holder: Holder,
    /// In which of the two.
    pub direction: Direction,
    /// Which donation.
    pub donation_id: DonationId,
    /// When it was asked for, where it was given; when it arrived, where it was received.
    pub at: Timestamp,
    /// How much.
    pub money: Money,
    /// Who gets it, in the donor's list only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Recipient>,
    /// What its donor wrote, in the donor's list only: it is theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

mod holder_text {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::domain::account::Holder;

    pub(super) fn serialize<S: Serializer>(holder: &Holder, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(holder)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Holder, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

impl Listed {
    fn given(donation: &Donation) -> Self {
        Self {
            holder: Holder::User(donation.donor_id),
            direction: Direction::Given,
            donation_id: donation.id,
            at: donation.created_at,
            money: donation.money.clone(),
            recipient: Some(donation.recipient),
            message: donation.message.clone(),
        }
    }

    fn received(donation: &Donation) -> Self {
        Self {
            holder: Recipient::into(donation.recipient),
            direction: Direction::Received,
            donation_id: donation.id,
            at: donation.updated_at,
            money: donation.money.clone(),
            recipient: None,
            message: None,
        }
    }
}

/// A donation that was given.
#[derive(Debug)]
pub enum Given {
    /// Now.
    Now,
    /// Before: this is what stands there.
    Before(Box<Donation>),
}

/// A donation that was not given.
#[derive(Debug)]
pub enum NotGiven {
    /// Its donor deleted their account.
    Forgotten,
    /// The money did not move.
    NotPosted(NotPosted),
    /// The recipient can no longer receive money.
    Unrepresented,
    /// Another writer was faster: this is the newer state.
    Newer(Box<Versioned<Donation>>),
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for NotGiven {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The writes of a given donation, before those of its recipient.
const GIVEN_WRITES: usize = 3;
/// The writes of a donation that arrives, before those of its recipient.
const ARRIVAL_WRITES: usize = 2;

/// True if it was the recipient why nothing was written. `first` is the number of the first condition of the recipient.
fn is_unrepresented(beside: &Beside, first: usize) -> bool {
    let recipient = (first..first + MAX_RECIPIENT_CHECKS).any(|at| beside.failed(at));
    recipient && !(0..first).any(|at| beside.failed(at))
}

impl Store {
    /// A donation, as it stands now.
    pub async fn donation(&self, id: DonationId) -> Result<Option<Versioned<Donation>>, StoreError> {
        self.table.get(donation_key(id), Read::Strong).await
    }

    /// Gives a donation whose money is there: all of it in one transaction, once.
    pub async fn give(
        &self,
        donation: &Donation,
        receiver: &Receiver,
        transfer: &Transfer,
        outbox: &Outbox,
    ) -> Result<Given, NotGiven> {
        let lines = [Listed::given(donation), Listed::received(donation)];
        let nothing = Outbox::none();
        let posted = self.post(transfer, &nothing, |transaction| {
            let transaction = transaction.create(donation, outbox);
            let transaction =
                lines.iter().fold(transaction, |transaction, line| transaction.create(line, &Outbox::none()));
            while_represented(transaction, donation.recipient, receiver)
        });
        match posted.await {
            Ok(Posted::Now) => Ok(Given::Now),
            Err(NotPosted::Beside(beside)) if is_unrepresented(&beside, GIVEN_WRITES) => Err(NotGiven::Unrepresented),
            // The donation and its transfer were written together; one that was asked for in another way stands alone.
            Ok(Posted::Before(_)) | Err(NotPosted::Other | NotPosted::Beside(_)) => {
                let before = self.donation(donation.id).await?;
                let missing = || StoreError::Refused("a transfer has no donation".into());
                Ok(Given::Before(Box::new(before.ok_or_else(missing)?.value)))
            }
            Err(NotPosted::Store(error)) => Err(error.into()),
            Err(refused) => Err(NotGiven::NotPosted(refused)),
        }
    }

    /// Writes down a donation whose money comes later.
    pub async fn start(&self, donation: &Donation, outbox: &Outbox) -> Result<Given, NotGiven> {
        let transaction = self.table.transaction().create(donation, outbox);
        let transaction = transaction.create(&Listed::given(donation), &Outbox::none());
        let Err(error) = transaction.unless_forgotten(donation.donor_id).commit().await else { return Ok(Given::Now) };
        match changed_or(error)?.item::<Donation>(0)? {
            Some(before) => Ok(Given::Before(Box::new(before.value))),
            None => Err(NotGiven::Forgotten),
        }
    }

    /// Lets a donation arrive that is as it was read: its money moves and it changes, in one transaction, once.
    pub async fn arrive(
        &self,
        read: &Versioned<Donation>,
        next: &Donation,
        receiver: &Receiver,
        transfer: &Transfer,
    ) -> Result<Given, NotGiven> {
        let line = Listed::received(next);
        let nothing = Outbox::none();
        let posted = self.post(transfer, &nothing, |transaction| {
            let transaction = transaction.replace(read, next, &nothing).create(&line, &nothing);
            while_represented(transaction, next.recipient, receiver)
        });
        match posted.await {
            Ok(Posted::Now) => Ok(Given::Now),
            Err(NotPosted::Beside(beside)) if is_unrepresented(&beside, ARRIVAL_WRITES) => Err(NotGiven::Unrepresented),
            Ok(Posted::Before(_)) | Err(NotPosted::Beside(_)) => Err(self.newer(next.id).await?),
            Err(NotPosted::Store(error)) => Err(error.into()),
            Err(refused) => Err(NotGiven::NotPosted(refused)),
        }
    }

    /// Gives the money of a donation back to its donor's balance: it moves and the donation changes, in one transaction.
    pub async fn give_back(
        &self,
        read: &Versioned<Donation>,
        next: &Donation,
        transfer: &Transfer,
        outbox: &Outbox,
    ) -> Result<(), NotGiven> {
        let nothing = Outbox::none();
        match self.post(transfer, &nothing, |transaction| transaction.replace(read, next, outbox)).await {
            Ok(Posted::Now) => Ok(()),
            Ok(Posted::Before(_)) | Err(NotPosted::Beside(_)) => Err(self.newer(next.id).await?),
            Err(NotPosted::Store(error)) => Err(error.into()),
            Err(refused) => Err(NotGiven::NotPosted(refused)),
        }
    }

    /// Writes the provider's id of a payment into its donation, and what leads from that id to the donation, before anything
    /// is charged.
    pub async fn register_donation_payment(
        &self,
        read: &Versioned<Donation>,
        next: Donation,
        payment: &PaymentReference,
    ) -> Result<Versioned<Donation>, NotGiven> {
        let none = Outbox::none();
        let transaction = self.table.transaction().replace(read, &next, &none).create(payment, &none);
        match transaction.commit().await {
            Ok(()) => Ok(read.successor(next)),
            Err(error) => {
                changed_or(error)?;
                Err(self.newer(next.id).await?)
            }
        }
    }

    /// Changes a donation that is as it was read, and moves no money.
    pub async fn change_donation(
        &self,
        read: &Versioned<Donation>,
        next: Donation,
        outbox: &Outbox,
    ) -> Result<Versioned<Donation>, NotGiven> {
        match self.table.replace(read, next, outbox).await {
            Ok(changed) => Ok(changed),
            Err(Conflict::Store(error)) => Err(error.into()),
            Err(Conflict::Item(Some(newer))) => Err(NotGiven::Newer(newer)),
            Err(Conflict::Item(None)) => Err(StoreError::Refused("a donation is gone".into()).into()),
        }
    }

    async fn newer(&self, id: DonationId) -> Result<NotGiven, StoreError> {
        let newer = self.donation(id).await?.ok_or_else(|| StoreError::Refused("a donation is gone".into()))?;
        Ok(NotGiven::Newer(Box::new(newer)))
    }

    /// What is under way in one part of the index, what is due first. May miss the last second.
    pub async fn unfinished(&self, shard: u8, limit: u32) -> Result<Vec<Versioned<Donation>>, StoreError> {
        let prefix = IndexKey::new("unfinished", shard, "due#");
        Ok(self.table.list_index(prefix, false, limit, None).await?.items)
    }

    /// A page of the donations of a user or a point, newest first.
    pub async fn donations(
        &self,
        holder: Holder,
        direction: Direction,
        page: kit::http::Page,
    ) -> Result<(Vec<Donation>, Option<Cursor>), StoreError> {
        let prefix = holder_key(holder, format!("{}#", direction.as_str()));
        let listed = self.table.list::<Listed>(prefix, true, page.limit, page.cursor).await?;
        let ids: Vec<_> = listed.items.iter().map(|listed| listed.value.donation_id).collect();
        let mut found = self.table.get_many(ids.iter().copied().map(donation_key).collect(), Read::Eventual).await?;
        let mut donations = Vec::new();
        for id in ids {
            // Of a list that was read a moment before an item was written; it is there at the next reading.
            donations.extend(found.take::<Donation>(donation_key(id))?.map(|read| read.value));
        }
        Ok((donations, listed.next))
    }
}
