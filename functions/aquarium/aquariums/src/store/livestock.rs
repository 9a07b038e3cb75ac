//! Livestock and its movements.

use dynamo::{Entity, Key, Outbox, Page, StoreError, Versioned, is_written};
use jiff::Timestamp;
use kit::limits::Subject;
use types::{AquariumId, LivestockId, MovementId, UserId};

use super::records::{NotRecorded, Positions, record};
use super::tally::Counted;
use super::{Aquariums, Opened, Store};
use crate::domain::access::Scope;
use crate::domain::contribution::Contribution;
use crate::domain::limits::RECORDS;
use crate::domain::livestock::{Livestock, MAX_LIVESTOCK, Movement};

const LIVESTOCK: Counted = Counted { attribute: "livestock", max: MAX_LIVESTOCK };

impl Entity for Livestock {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        livestock_key(self.owner_id(), self.aquarium_id(), self.id)
    }
}

impl Entity for Movement {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        let of = (self.owner_id(), self.aquarium_id(), self.livestock_id);
        movement_key(of, self.moved_at, self.id)
    }
}

pub(super) fn livestock_key(owner: UserId, aquarium: AquariumId, id: LivestockId) -> Key<Aquariums> {
    Key::new("user", owner, format!("livestock#{aquarium}#{id}"))
}

pub(super) fn movement_key(
    (owner, aquarium, livestock): (UserId, AquariumId, LivestockId),
    at: Timestamp,
    id: MovementId,
) -> Key<Aquariums> {
    Key::new("user", owner, format!("movement#{aquarium}#{livestock}#{:013}#{id}", at.as_millisecond()))
}

impl Store {
    /// Returns an aquarium for a user, with livestock in it.
    pub async fn open_livestock(
        &self,
        user: UserId,
        aquarium: AquariumId,
        id: LivestockId,
    ) -> Result<Option<(Opened, Option<Versioned<Livestock>>)>, StoreError> {
        let found = self.open_with(user, aquarium, |owner| vec![livestock_key(owner, aquarium, id)]).await?;
        let Some((opened, mut found)) = found else { return Ok(None) };
        let livestock = found.take(livestock_key(opened.scope.owner_id(), aquarium, id))?;
        Ok(Some((opened, livestock)))
    }

    /// Adds livestock with its first movement, while the access is as it was read.
    pub async fn add_livestock(
        &self,
        opened: &Opened,
        new: &Livestock,
        first: &Movement,
        outbox: &Outbox,
    ) -> Result<(), NotRecorded<Livestock>> {
        let (scope, now) = (&opened.scope, new.since);
        let transaction =
            self.table.transaction().create(new, outbox).create(first, &Outbox::none()).unchanged(&opened.access);
        let transaction = LIVESTOCK.add_in(transaction, scope);
        let mut transaction = RECORDS.count_in(transaction, Subject::User(scope.user_id()), now);
        if let Some(contribution) = Contribution::of_movement(scope, first, now) {
            transaction = transaction.create(&contribution, &Outbox::none());
        }
        record(transaction, Positions { tally: Some(3), limit: 4 }, now).await
    }

    /// Changes livestock while it and the access are as they were read.
    pub async fn change_livestock(
        &self,
        opened: &Opened,
        read: &Versioned<Livestock>,
        next: &Livestock,
    ) -> Result<bool, StoreError> {
        let transaction = self.table.transaction().replace(read, next, &Outbox::none()).unchanged(&opened.access);
        is_written(transaction.commit().await)
    }

    /// Adds a movement and changes the count, while that and the access are as they were read.
    pub async fn add_movement(
        &self,
        opened: &Opened,
        read: &Versioned<Livestock>,
        next: &Livestock,
        movement: &Movement,
        (outbox, now): (&Outbox, Timestamp),
    ) -> Result<(), NotRecorded<Movement>> {
        let mut transaction = self
            .table
            .transaction()
            .create(movement, &Outbox::none())
            .replace(read, next, outbox)
            .unchanged(&opened.access);
        transaction = RECORDS.count_in(transaction, Subject::User(opened.scope.user_id()), now);
        if let Some(contribution) = Contribution::of_movement(&opened.scope, movement, now) {
            transaction = transaction.create(&contribution, &Outbox::none());
        }
        record(transaction, Positions { tally: None, limit: 3 }, now).await
    }

    /// Returns the movement that a request with this ID recorded at this time.
    pub async fn movement(
        &self,
        read: &Livestock,
        at: Timestamp,
        id: MovementId,
    ) -> Result<Option<Versioned<Movement>>, StoreError> {
        let key = movement_key((read.owner_id(), read.aquarium_id(), read.id), at, id);
        self.table.get(key, dynamo::Read::Strong).await
    }

    /// A page of the livestock of an aquarium, ordered by ID.
    pub async fn livestock(&self, scope: &Scope, page: kit::http::Page) -> Result<Page<Livestock>, StoreError> {
        let owner = scope.owner_id();
        let prefix = Key::new("user", owner, format!("livestock#{}#", scope.aquarium_id()));
        self.table.list(prefix, false, page.limit, page.cursor).await
    }

    /// A page of the movements of livestock, the latest first.
    pub async fn movements(
        &self,
        scope: &Scope,
        livestock: LivestockId,
        page: kit::http::Page,
    ) -> Result<Page<Movement>, StoreError> {
        let owner = scope.owner_id();
        let prefix = Key::new("user", owner, format!("movement#{}#{livestock}#", scope.aquarium_id()));
        self.table.list(prefix, true, page.limit, page.cursor).await
    }
}
