//! What is kept of people and points.

use contracts::wallet::Recipient;
use dynamo::{Entity, Key, Outcome, Read, StoreError, Versioned, marker_key};
use jiff::Timestamp;
use types::{DonationId, PointId, TransferId, UserId};

use super::{Store, Wallet, donation_key, person_key, point_key, transfer_key};
use crate::domain::donation::Donation;
use crate::domain::ledger::Transfer;
use crate::domain::people::{self, Person, Point, Receiver, Told, Unavailable};

/// All that a transfer or a donation must know of those who take part, from one read.
#[derive(Debug)]
pub struct Parties {
    /// The caller may not take part.
    pub suspended: bool,
    /// Who gets it.
    pub receiver: Result<Receiver, Unavailable>,
    /// The point that the money comes from, if it comes from one.
    pub source: Option<Point>,
    /// What happened under this id before.
    pub transfer: Option<Transfer>,
    /// What happened under this id before.
    pub donation: Option<Donation>,
}

/// Under which ids a request may have been heard before.
#[derive(Debug, Clone, Copy)]
pub enum Before {
    /// As a transfer.
    Transfer(TransferId),
    /// As a donation.
    Donation(DonationId),
}

impl Store {
    /// Who takes part. May miss the last second: what must not be missed is a condition of the transaction.
    pub async fn parties(
        &self,
        caller: UserId,
        recipient: Recipient,
        source: Option<PointId>,
        before: Before,
    ) -> Result<Parties, StoreError> {
        let (transfer_id, donation_id) = match before {
            Before::Transfer(id) => (Some(id), None),
            Before::Donation(id) => (None, Some(id)),
        };
        let mut keys = vec![person_key(caller)];
        keys.extend(source.map(point_key));
        keys.extend(transfer_id.map(transfer_key));
        keys.extend(donation_id.map(donation_key));
        match recipient {
            // An own account is asked for once.
            Recipient::User(id) if id == caller => keys.push(marker_key(id)),
            Recipient::User(id) => keys.extend([person_key(id), marker_key(id)]),
            Recipient::Point(id) if Some(id) == source => {}
            Recipient::Point(id) => keys.push(point_key(id)),
        }
        let mut found = self.table.get_many(keys, Read::Eventual).await?;
        let own = found.take::<Person>(person_key(caller))?.map(|read| read.value);
        let suspended = own.as_ref().is_some_and(|own| own.suspended);
        let source = source.map(|id| found.take::<Point>(point_key(id))).transpose()?.flatten().map(|read| read.value);
        let receiver = match recipient {
            Recipient::User(id) => {
                let person =
                    if id == caller { own } else { found.take::<Person>(person_key(id))?.map(|read| read.value) };
                let forgotten = found.contains::<Wallet>(marker_key(id));
                people::receiver(recipient, person.as_ref(), forgotten, None)
            }
            Recipient::Point(id) => {
                let point = found.take::<Point>(point_key(id))?.map(|read| read.value);
                people::receiver(recipient, None, false, point.as_ref().or(source.as_ref()))
            }
        };
        let transfer = transfer_id.map(|id| found.take::<Transfer>(transfer_key(id))).transpose()?.flatten();
        let donation = donation_id.map(|id| found.take::<Donation>(donation_key(id))).transpose()?.flatten();
        Ok(Parties {
            suspended,
            receiver,
            source,
            transfer: transfer.map(|read| read.value),
            donation: donation.map(|read| read.value),
        })
    }

    /// What is known of who is to get something.
    pub async fn receiver(&self, recipient: Recipient) -> Result<Result<Receiver, Unavailable>, StoreError> {
        match recipient {
            Recipient::User(id) => {
                let mut found = self.table.get_many(vec![person_key(id), marker_key(id)], Read::Strong).await?;
                let person = found.take::<Person>(person_key(id))?.map(|read| read.value);
                Ok(people::receiver(recipient, person.as_ref(), found.contains::<Wallet>(marker_key(id)), None))
            }
            Recipient::Point(id) => Ok(people::receiver(recipient, None, false, self.point(id).await?.as_ref())),
        }
    }

    /// What is known of a person.
    pub async fn person(&self, id: UserId) -> Result<Option<Person>, StoreError> {
        Ok(self.table.get::<Person>(person_key(id), Read::Eventual).await?.map(|read| read.value))
    }

    /// What is known of a point.
    pub async fn point(&self, id: PointId) -> Result<Option<Point>, StoreError> {
        Ok(self.table.get::<Point>(point_key(id), Read::Eventual).await?.map(|read| read.value))
    }

    /// Notes that there is such a person. False if that is known, or they deleted their account.
    pub async fn keep_person(&self, user: UserId) -> Result<bool, StoreError> {
        let decide = |known: Option<&Person>| known.is_none().then(|| Person::new(user));
        self.keep(person_key(user), Some(user), decide).await
    }

    /// Notes a suspension or its end, unless something newer is known.
    pub async fn keep_judgement(&self, user: UserId, suspended: bool, at: Timestamp) -> Result<bool, StoreError> {
        let decide = |known: Option<&Person>| match known {
            Some(known) => known.judged(suspended, at),
            None => Person::new(user).judged(suspended, at),
        };
        self.keep(person_key(user), Some(user), decide).await
    }

    /// Notes what was told of a point, unless something newer is known.
    pub async fn keep_point(&self, told: &Told) -> Result<bool, StoreError> {
        self.keep(point_key(told.point_id), None, |known| Point::newer(known, told.clone())).await
    }

    /// Changes a copy as `decide` says. False if there is nothing to change.
    async fn keep<E: Entity<Context = Wallet>>(
        &self,
        key: Key<Wallet>,
        of: Option<UserId>,
        decide: impl Fn(Option<&E>) -> Option<E>,
    ) -> Result<bool, StoreError> {
        let decide = |known: Option<&Versioned<E>>| decide(known.map(|known| &known.value)).into();
        let outcome: Outcome<E> = match of {
            Some(user) => self.table.update_unless_forgotten(user, key, decide).await?,
            None => self.table.update(key, decide).await?,
        };
        Ok(outcome.is_applied())
    }
}
