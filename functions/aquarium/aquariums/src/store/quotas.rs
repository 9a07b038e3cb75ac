//! Plans and standings of users, and the number of their aquariums.

use contracts::billing::EntitlementChanged;
use dynamo::{Entity, Key, Outcome, Read, StoreError, Versioned};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::UserId;

use super::{Aquariums, Store};
use crate::domain::quota::{Quota, Standing};

impl Entity for Quota {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        quota_key(self.user_id)
    }
}

fn quota_key(user: UserId) -> Key<Aquariums> {
    Key::new("user", user, "quota")
}

/// The part of [`Quota`] that transactions count. It leaves the plan as it is.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct OwnedAquariums {
    pub(super) user_id: UserId,
}

impl OwnedAquariums {
    /// The attribute with the number.
    pub(super) const COUNT: &'static str = "aquariums";
}

impl Entity for OwnedAquariums {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        quota_key(self.user_id)
    }
}

impl Store {
    /// Returns the quota of a user.
    pub async fn quota(&self, user: UserId) -> Result<Quota, StoreError> {
        let known = self.table.get::<Quota>(quota_key(user), Read::Strong).await?;
        Ok(known.map_or_else(|| Quota::new(user), |known| known.value))
    }

    /// Stores the plan of a user's account. False if the known plan is as new, or the user was deleted.
    pub async fn keep_plan(&self, user: UserId, plan: &str, since: Timestamp) -> Result<bool, StoreError> {
        self.keep(user, |quota| quota.on_plan(plan, since)).await
    }

    /// Stores what billing says of the plan of a user. False if what is known is as new, or the user was deleted.
    pub async fn keep_entitlement(&self, event: &EntitlementChanged) -> Result<bool, StoreError> {
        self.keep(event.user_id, |quota| quota.entitled(event)).await
    }

    /// Stores whether the account of a user is suspended. False if what is known is as new, or the user was deleted.
    pub async fn keep_standing(&self, user: UserId, standing: Standing) -> Result<bool, StoreError> {
        self.keep(user, |quota| quota.with_standing(standing)).await
    }

    async fn keep(&self, user: UserId, change: impl Fn(&Quota) -> Option<Quota>) -> Result<bool, StoreError> {
        let decide = |known: Option<&Versioned<Quota>>| {
            let quota = known.map_or_else(|| Quota::new(user), |known| known.value.clone());
            change(&quota).into()
        };
        let outcome: Outcome<Quota> = self.table.update_unless_forgotten(user, quota_key(user), decide).await?;
        Ok(outcome.is_applied())
    }
}
