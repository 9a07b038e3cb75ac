//! Equipment and its service log.

use dynamo::{Entity, Key, Outbox, Page, Read, StoreError, Versioned, is_written};
use futures::future::try_join;
use jiff::Timestamp;
use kit::limits::Subject;
use types::{AquariumId, EquipmentId, ServiceId, UserId};

use super::aquariums::aquarium_key;
use super::records::{NotRecorded, Positions, record};
use super::tally::Counted;
use super::{Aquariums, Opened, Store};
use crate::domain::access::Scope;
use crate::domain::aquarium::Aquarium;
use crate::domain::contribution::Contribution;
use crate::domain::equipment::{Equipment, MAX_EQUIPMENT, Service};
use crate::domain::limits::RECORDS;

const EQUIPMENT: Counted = Counted { attribute: "equipment", max: MAX_EQUIPMENT };

impl Entity for Equipment {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        equipment_key(self.owner_id(), self.aquarium_id(), self.id)
    }
}

impl Entity for Service {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        let of = (self.owner_id(), self.aquarium_id(), self.equipment_id);
        service_key(of, self.serviced_at, self.id)
    }
}

pub(super) fn equipment_key(owner: UserId, aquarium: AquariumId, id: EquipmentId) -> Key<Aquariums> {
    Key::new("user", owner, format!("equipment#{aquarium}#{id}"))
}

pub(super) fn service_key(
    (owner, aquarium, equipment): (UserId, AquariumId, EquipmentId),
    at: Timestamp,
    id: ServiceId,
) -> Key<Aquariums> {
    Key::new("user", owner, format!("service#{aquarium}#{equipment}#{:013}#{id}", at.as_millisecond()))
}

impl Store {
    /// Returns an aquarium for a user, with a piece of its equipment.
    pub async fn open_equipment(
        &self,
        user: UserId,
        aquarium: AquariumId,
        id: EquipmentId,
    ) -> Result<Option<(Opened, Option<Versioned<Equipment>>)>, StoreError> {
        let found = self.open_removed_equipment(user, aquarium, id).await?;
        Ok(found.map(|(opened, read)| (opened, read.filter(|read| !read.value.is_removed()))))
    }

    /// The same, also with equipment that is being deleted.
    pub async fn open_removed_equipment(
        &self,
        user: UserId,
        aquarium: AquariumId,
        id: EquipmentId,
    ) -> Result<Option<(Opened, Option<Versioned<Equipment>>)>, StoreError> {
        let found = self.open_with(user, aquarium, |owner| vec![equipment_key(owner, aquarium, id)]).await?;
        let Some((opened, mut found)) = found else { return Ok(None) };
        let equipment = found.take(equipment_key(opened.scope.owner_id(), aquarium, id))?;
        Ok(Some((opened, equipment)))
    }

    /// Adds a piece of equipment while the access is as it was read.
    pub async fn add_equipment(
        &self,
        opened: &Opened,
        new: &Equipment,
        outbox: &Outbox,
    ) -> Result<(), NotRecorded<Equipment>> {
        let (scope, now) = (&opened.scope, new.created_at);
        let transaction = self.table.transaction().create(new, outbox).unchanged(&opened.access);
        let transaction = EQUIPMENT.add_in(transaction, scope);
        let transaction = RECORDS.count_in(transaction, Subject::User(scope.user_id()), now);
        record(transaction, Positions { tally: Some(2), limit: 3 }, now).await
    }

    /// Changes a piece of equipment while it and the access are as they were read.
    pub async fn change_equipment(
        &self,
        opened: &Opened,
        read: &Versioned<Equipment>,
        next: &Equipment,
        outbox: &Outbox,
    ) -> Result<bool, StoreError> {
        let transaction = self.table.transaction().replace(read, next, outbox).unchanged(&opened.access);
        is_written(transaction.commit().await)
    }

    /// Marks a piece of equipment as removed while it and the access are as they were read. It makes room for another one, and
    /// carries the event that it was deleted.
    pub async fn remove_equipment(
        &self,
        opened: &Opened,
        read: &Versioned<Equipment>,
        outbox: &Outbox,
    ) -> Result<bool, StoreError> {
        let removed = read.value.removed();
        let transaction = self.table.transaction().replace(read, &removed, outbox).unchanged(&opened.access);
        is_written(EQUIPMENT.subtract_in(transaction, &opened.scope).commit().await)
    }

    /// Deletes the service log of a removed piece of equipment, and then the equipment. Nothing changes removed equipment, so a
    /// call that was ended is repeated.
    pub async fn finish_removal(&self, scope: &Scope, removed: Versioned<Equipment>) -> Result<(), StoreError> {
        if removed.value.has_services() {
            let kind = format!("service#{}#{}", scope.aquarium_id(), removed.value.id);
            // One call deletes as many as a log may have.
            self.table.forget_kind(scope.owner_id(), &kind).await?;
        }
        self.table.remove(removed).await.map(drop)
    }

    /// Adds a service, and moves the due date of the equipment, while that and the access are as they were read.
    pub async fn add_service(
        &self,
        opened: &Opened,
        read: &Versioned<Equipment>,
        next: &Equipment,
        service: &Service,
        (outbox, now): (&Outbox, Timestamp),
    ) -> Result<(), NotRecorded<Service>> {
        let user = opened.scope.user_id();
        let mut transaction = self
            .table
            .transaction()
            .create(service, &Outbox::none())
            .replace(read, next, outbox)
            .unchanged(&opened.access);
        transaction = RECORDS.count_in(transaction, Subject::User(user), now);
        if let Some(contribution) = Contribution::of_service(&opened.scope, service, now) {
            transaction = transaction.create(&contribution, &Outbox::none());
        }
        record(transaction, Positions { tally: None, limit: 3 }, now).await
    }

    /// A page of the equipment of an aquarium for a user, ordered by ID; none if the user has no part in the aquarium.
    pub async fn equipment_of(
        &self,
        user: UserId,
        id: AquariumId,
        page: kit::http::Page,
    ) -> Result<Option<(Versioned<Aquarium>, Page<Equipment>)>, StoreError> {
        let Some(scope) = self.scope(user, id).await? else { return Ok(None) };
        let owner = scope.owner_id();
        let prefix = Key::new("user", owner, format!("equipment#{id}#"));
        let listed = self.table.list::<Equipment>(prefix, false, page.limit, page.cursor);
        let (aquarium, mut page) = try_join(self.table.get(aquarium_key(owner, id), Read::Strong), listed).await?;
        page.items.retain(|read| !read.value.is_removed());
        Ok(aquarium.map(|aquarium| (aquarium, page)))
    }

    /// A page of the service log of a piece of equipment, the latest first.
    pub async fn services(
        &self,
        scope: &Scope,
        equipment: EquipmentId,
        page: kit::http::Page,
    ) -> Result<Page<Service>, StoreError> {
        let owner = scope.owner_id();
        let prefix = Key::new("user", owner, format!("service#{}#{equipment}#", scope.aquarium_id()));
        self.table.list(prefix, true, page.limit, page.cursor).await
    }
}
