//! Aquariums that are shared with users.

use dynamo::{Cursor, Entity, Key, Outbox, Page, StoreError, Versioned, is_written};
use types::{AquariumId, UserId};

use super::{Aquariums, Store};
use crate::domain::access::Access;
use crate::domain::share::Share;

impl Entity for Share {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        share_key(self.user_id, self.aquarium_id)
    }
}

pub(super) fn share_key(user: UserId, id: AquariumId) -> Key<Aquariums> {
    Key::new("user", user, format!("share#{id}"))
}

/// The key of all shares of a user.
pub(super) fn shares_key(user: UserId) -> Key<Aquariums> {
    Key::new("user", user, "share#")
}

/// The share of a member as it is stored. Only its key and its version count, and both follow from the access.
pub(super) fn stored_share(access: &Access, user: UserId) -> Option<Versioned<Share>> {
    let member = access.scope(user)?;
    Some(Versioned::new(Share::new(&member, jiff::Timestamp::UNIX_EPOCH), 1))
}

impl Store {
    /// Ends the share of a member, in one transaction with the access. False if the access is not as it was read.
    pub async fn end_share(
        &self,
        read: &Versioned<Access>,
        next: &Access,
        member: UserId,
        outbox: &Outbox,
    ) -> Result<bool, StoreError> {
        let Some(share) = stored_share(&read.value, member) else { return Ok(false) };
        let transaction = self.table.transaction().replace(read, next, outbox).delete(&share);
        is_written(transaction.commit().await)
    }

    /// A page of the shares of a user; strongly consistent.
    pub async fn shares(&self, user: UserId, limit: u32, after: Option<Cursor>) -> Result<Page<Share>, StoreError> {
        self.table.list_strong(shares_key(user), false, limit, after).await
    }
}
