//! Copies of users and points, and who takes part in a transfer.

use contracts::wallet::Recipient;
use dynamo::{
    ConflictRetry, Entity, Key, Outbox, Outcome, Read, Scalar, StoreError, Transaction, Versioned, marker_key,
};
use jiff::Timestamp;
use types::{DonationId, PointId, TransferId, UserId};

use super::disputes::debtor_key;
use super::{Store, Wallet, changed_or, donation_key, person_key, point_key, transfer_key};
use crate::domain::dispute::Debtor;
use crate::domain::donation::Donation;
use crate::domain::ledger::Transfer;
use crate::domain::people::{self, KeptPoint, Person, Point, PointChange, Receiver, Unavailable};

/// What a transfer or a donation must know of its participants, from one read.
#[derive(Debug)]
pub struct Participants {
    /// The caller is suspended.
    pub suspended: bool,
    /// The caller owed something at some time. Whether they still do is to be asked.
    pub debtor: bool,
    /// The recipient.
    pub receiver: Result<Receiver, Unavailable>,
    /// The point that the money comes from, if it comes from one.
    pub source: Option<Point>,
    /// The transfer that exists under this id.
    pub transfer: Option<Transfer>,
    /// The donation that exists under this id.
    pub donation: Option<Donation>,
}

/// The id under which a request may have been processed before.
#[derive(Debug, Clone, Copy)]
pub enum RequestId {
    /// As a transfer.
    Transfer(TransferId),
    /// As a donation.
    Donation(DonationId),
}

/// The most conditions of a recipient in a transaction.
pub const MAX_RECIPIENT_CHECKS: usize = 2;

/// Adds: only while the recipient can receive money. A user exists and is not suspended; a point is not removed, and has a
/// keeper who is not suspended.
pub fn while_represented(
    transaction: Transaction<Wallet>,
    recipient: Recipient,
    receiver: &Receiver,
) -> Transaction<Wallet> {
    let keeper = receiver.beneficiary_id;
    let transaction = match recipient {
        Recipient::User(_) => transaction,
        Recipient::Point(id) => {
            let there = [("removed", Scalar::Flag(false)), ("keeper_id", Scalar::text(keeper))];
            transaction.holds(point_key(id), &there)
        }
    };
    transaction.holds(person_key(keeper), &[("suspended", Scalar::Flag(false))])
}

impl Store {
    /// The participants of a transfer. May miss the last second: what must not be missed is a condition of the transaction.
    pub async fn participants(
        &self,
        caller: UserId,
        recipient: Recipient,
        source: Option<PointId>,
        request: RequestId,
    ) -> Result<Participants, StoreError> {
        let (transfer_id, donation_id) = match request {
            RequestId::Transfer(id) => (Some(id), None),
            RequestId::Donation(id) => (None, Some(id)),
        };
        let mut keys = vec![person_key(caller), debtor_key(caller)];
        keys.extend(source.map(point_key));
        keys.extend(transfer_id.map(transfer_key));
        keys.extend(donation_id.map(donation_key));
        match recipient {
            // An own account is read once.
            Recipient::User(id) if id == caller => keys.push(marker_key(id)),
            Recipient::User(id) => keys.extend([person_key(id), marker_key(id)]),
            Recipient::Point(id) if Some(id) == source => {}
            Recipient::Point(id) => keys.push(point_key(id)),
        }
        let mut found = self.table.get_many(keys, Read::Eventual).await?;
        let debtor = found.take::<Debtor>(debtor_key(caller))?.is_some();
        let own = found.take::<Person>(person_key(caller))?.map(|read| read.value);
        let suspended = own.as_ref().is_some_and(|own| own.suspended);
        let source = source.map(|id| found.take::<Point>(point_key(id))).transpose()?.flatten().map(|read| read.value);
        let receiver = match recipient {
            Recipient::User(id) => {
                let person =
                    if id == caller { own } else { found.take::<Person>(person_key(id))?.map(|read| read.value) };
                people::user_receiver(id, person.as_ref(), found.contains::<Wallet>(marker_key(id)))
            }
            Recipient::Point(id) => {
                let point = found.take::<Point>(point_key(id))?.map(|read| read.value);
                people::point_receiver(point.as_ref().or(source.as_ref()))
            }
        };
        let transfer = transfer_id.map(|id| found.take::<Transfer>(transfer_key(id))).transpose()?.flatten();
        let donation = donation_id.map(|id| found.take::<Donation>(donation_key(id))).transpose()?.flatten();
        Ok(Participants {
            suspended,
            debtor,
            receiver,
            source,
            transfer: transfer.map(|read| read.value),
            donation: donation.map(|read| read.value),
        })
    }

    /// A recipient, as it is now.
    pub async fn receiver(&self, recipient: Recipient) -> Result<Result<Receiver, Unavailable>, StoreError> {
        let receiver = match recipient {
            Recipient::User(id) => return self.user_receiver(id).await,
            Recipient::Point(id) => {
                let point = self.table.get::<Point>(point_key(id), Read::Strong).await?.map(|read| read.value);
                people::point_receiver(point.as_ref())
            }
        };
        let Ok(receiver) = receiver else { return Ok(receiver) };
        let keeper = self.user_receiver(receiver.beneficiary_id).await?;
        Ok(keeper.map(|_| receiver).map_err(|_| Unavailable::Unrepresented))
    }

    async fn user_receiver(&self, id: UserId) -> Result<Result<Receiver, Unavailable>, StoreError> {
        let mut found = self.table.get_many(vec![person_key(id), marker_key(id)], Read::Strong).await?;
        let person = found.take::<Person>(person_key(id))?.map(|read| read.value);
        Ok(people::user_receiver(id, person.as_ref(), found.contains::<Wallet>(marker_key(id))))
    }

    /// What is known of a user.
    pub async fn person(&self, id: UserId) -> Result<Option<Person>, StoreError> {
        Ok(self.table.get::<Person>(person_key(id), Read::Eventual).await?.map(|read| read.value))
    }

    /// What is known of a point.
    pub async fn point(&self, id: PointId) -> Result<Option<Point>, StoreError> {
        Ok(self.table.get::<Point>(point_key(id), Read::Eventual).await?.map(|read| read.value))
    }

    /// Records that a user exists. False if that is known, or they deleted their account.
    pub async fn keep_person(&self, user: UserId) -> Result<bool, StoreError> {
        let decide = |known: Option<&Person>| known.is_none().then(|| Person::new(user));
        self.keep(user, decide).await
    }

    /// Records a suspension or its end, unless something newer is known.
    pub async fn keep_judgement(&self, user: UserId, suspended: bool, at: Timestamp) -> Result<bool, StoreError> {
        let decide = |known: Option<&Person>| match known {
            Some(known) => known.judged(suspended, at),
            None => Person::new(user).judged(suspended, at),
        };
        self.keep(user, decide).await
    }

    /// Changes the copy of a user as `decide` says. False if there is nothing to change.
    async fn keep(&self, user: UserId, decide: impl Fn(Option<&Person>) -> Option<Person>) -> Result<bool, StoreError> {
        let decide = |known: Option<&Versioned<Person>>| decide(known.map(|known| &known.value)).into();
        let outcome: Outcome<Person> = self.table.update_unless_forgotten(user, person_key(user), decide).await?;
        Ok(outcome.is_applied())
    }

    /// Records a change of a point, unless something newer is known, and lists it under its keeper. A keeper who deleted the
    /// account is left out.
    pub async fn keep_point(&self, change: &PointChange) -> Result<bool, StoreError> {
        let mut retry = ConflictRetry::default();
        let mut change = change.clone();
        loop {
            let read = self.table.get::<Point>(point_key(change.point_id), Read::Strong).await?;
            let known = read.as_ref().map(|read| &read.value);
            let before = known.and_then(|known| known.keeper_id);
            let Some(next) = Point::newer(known, change.clone()) else { return Ok(false) };
            let transaction = match &read {
                Some(read) => self.table.transaction().replace(read, &next, &Outbox::none()),
                None => self.table.transaction().create(&next, &Outbox::none()),
            };
            let new_keeper = next.keeper_id.filter(|keeper| Some(*keeper) != before);
            let transaction = match new_keeper {
                Some(keeper_id) => transaction
                    .unless_forgotten(keeper_id)
                    .create(&KeptPoint { keeper_id, point_id: next.point_id }, &Outbox::none()),
                None => transaction,
            };
            let former = before.filter(|before| Some(*before) != next.keeper_id);
            let transaction = match self.kept_point(former, next.point_id).await? {
                Some(kept) => transaction.delete(&kept),
                None => transaction,
            };
            let Err(error) = transaction.commit().await else { return Ok(true) };
            let cancelled = changed_or(error)?;
            if new_keeper.is_some() && cancelled.failed(1) {
                change = change.without_keeper();
            } else {
                retry.pause().await?;
            }
        }
    }

    async fn kept_point(
        &self,
        keeper: Option<UserId>,
        point: PointId,
    ) -> Result<Option<Versioned<KeptPoint>>, StoreError> {
        match keeper {
            Some(keeper) => self.table.get(kept_key(keeper, point), Read::Strong).await,
            None => Ok(None),
        }
    }
}

impl Entity for KeptPoint {
    type Context = Wallet;

    fn key(&self) -> Key<Wallet> {
        kept_key(self.keeper_id, self.point_id)
    }
}

fn kept_key(keeper: UserId, point: PointId) -> Key<Wallet> {
    Key::new("user", keeper, format!("kept#{point}"))
}
