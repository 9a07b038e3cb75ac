//! Invitations, and the members that they make.

use dynamo::{Entity, Key, Outbox, Page, Read, StoreError, Versioned, is_written, refused};
use jiff::Timestamp;
use kit::limits::{Exceeded, NotAllowed, Subject};
use types::{AquariumId, InvitationId, UserId};

use super::access::access_key;
use super::{Aquariums, Store};
use crate::domain::access::{Access, Scope};
use crate::domain::invitation::{Code, Invitation};
use crate::domain::limits::{INVITATIONS, WRONG_CODES};
use crate::domain::share::Share;

/// Invitations that one call deletes.
const PURGED_INVITATIONS: u32 = 100;

impl Entity for Invitation {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        invitation_key(self.aquarium_id, self.id)
    }

    fn expires_at(&self) -> Option<i64> {
        Some(Self::expires_at(self).as_second())
    }
}

fn invitation_key(aquarium: AquariumId, id: InvitationId) -> Key<Aquariums> {
    Key::new("aquarium", aquarium, format!("invitation#{id}"))
}

fn invitations_key(aquarium: AquariumId) -> Key<Aquariums> {
    Key::new("aquarium", aquarium, "invitation#")
}

/// Reason why an invitation was not added.
#[derive(Debug)]
pub enum NotInvited {
    /// It was added before.
    Exists,
    /// The access is not as it was read.
    Moved,
    /// The owner has created too many today.
    Limit(Exceeded),
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for NotInvited {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// What is stored under the IDs of a code.
#[derive(Debug)]
pub struct Invited {
    /// The access to the aquarium.
    pub access: Option<Versioned<Access>>,
    /// The invitation.
    pub invitation: Option<Versioned<Invitation>>,
    /// How many wrong codes the user has sent within the hour.
    pub wrong_codes: u32,
}

/// The result of an attempt to admit a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// The user is a member.
    Admitted,
    /// The access or the invitation is not as it was read.
    Moved,
    /// The user was deleted.
    Forgotten,
}

impl Store {
    /// Adds an invitation while the access is as it was read.
    pub async fn invite(
        &self,
        owner: UserId,
        access: &Versioned<Access>,
        invitation: &Invitation,
    ) -> Result<(), NotInvited> {
        let now = invitation.created_at;
        let transaction = self.table.transaction().create(invitation, &Outbox::none()).unchanged(access);
        let transaction = INVITATIONS.count_in(transaction, Subject::User(owner), now);
        let Some(cancelled) = refused(transaction.commit().await)? else { return Ok(()) };
        Err(match [0, 1].map(|index| cancelled.failed(index)) {
            [true, _] => NotInvited::Exists,
            [_, true] => NotInvited::Moved,
            _ => NotInvited::Limit(INVITATIONS.exceeded(now)),
        })
    }

    /// A page of the invitations to an aquarium, ordered by ID.
    pub async fn invitations(&self, scope: &Scope, page: kit::http::Page) -> Result<Page<Invitation>, StoreError> {
        self.table.list(invitations_key(scope.aquarium_id()), false, page.limit, page.cursor).await
    }

    /// Returns an invitation to an aquarium.
    pub async fn invitation(
        &self,
        scope: &Scope,
        id: InvitationId,
    ) -> Result<Option<Versioned<Invitation>>, StoreError> {
        self.table.get(invitation_key(scope.aquarium_id(), id), Read::Strong).await
    }

    /// Deletes an invitation. False if it was accepted or deleted before.
    pub async fn revoke(&self, read: Versioned<Invitation>) -> Result<bool, StoreError> {
        self.table.remove(read).await
    }

    /// Returns what is stored under the IDs of a code that a user sent.
    pub async fn invited(&self, user: UserId, code: &Code, now: Timestamp) -> Result<Invited, StoreError> {
        let subject = Subject::User(user);
        let invitation = || invitation_key(code.aquarium_id(), code.invitation_id());
        let keys = vec![access_key(code.aquarium_id()), invitation(), WRONG_CODES.key(subject, now)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        Ok(Invited {
            access: found.take(access_key(code.aquarium_id()))?,
            invitation: found.take(invitation())?,
            wrong_codes: WRONG_CODES.used::<Aquariums>(&mut found, subject, now)?,
        })
    }

    /// Counts a wrong code of a user, also beyond the limit.
    pub async fn count_wrong_code(&self, user: UserId, now: Timestamp) -> Result<(), NotAllowed> {
        WRONG_CODES.add(&self.table, Subject::User(user), now).await.map(drop).map_err(NotAllowed::Store)
    }

    /// Makes the user of an invitation a member, and deletes the invitation, all or nothing.
    pub async fn admit(
        &self,
        access: &Versioned<Access>,
        next: &Access,
        share: &Share,
        invitation: &Versioned<Invitation>,
        outbox: &Outbox,
    ) -> Result<Admission, StoreError> {
        let transaction = self
            .table
            .transaction()
            .replace(access, next, outbox)
            .delete(invitation)
            .create(share, &Outbox::none())
            .unless_forgotten(share.user_id);
        Ok(match refused(transaction.commit().await)? {
            None => Admission::Admitted,
            Some(cancelled) if cancelled.failed(3) => Admission::Forgotten,
            Some(_) => Admission::Moved,
        })
    }

    /// Writes the access with another role of a member.
    pub async fn change_access(
        &self,
        read: &Versioned<Access>,
        next: Access,
        outbox: &Outbox,
    ) -> Result<bool, StoreError> {
        is_written(self.table.replace(read, next, outbox).await)
    }

    /// Deletes up to a hundred invitations to a removed aquarium, and returns how many there were and whether there are more.
    pub(super) async fn purge_invitations(&self, id: AquariumId) -> Result<(usize, bool), StoreError> {
        let page = self.table.list_strong::<Invitation>(invitations_key(id), false, PURGED_INVITATIONS, None).await?;
        let items = page.items.len();
        for read in page.items {
            self.table.remove(read).await?;
        }
        Ok((items, page.next.is_some()))
    }
}
