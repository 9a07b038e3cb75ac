//! Who owns what: store purchases, trials, and the one subscription of a user.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{SubscriptionId, UserId, derive_id};

use super::intake::Attention;
use super::mirror::Store;
use super::subscription::{Mode, Status, Subscription};

/// How often a purchase may be moved to another account in [`TRANSFER_WINDOW`].
pub const MAX_TRANSFERS: usize = 3;
/// How many accounts one purchase may be shared with: a family of six.
pub const MAX_FAMILY: usize = 5;
/// The time in which transfers are counted.
pub const TRANSFER_WINDOW: SignedDuration = SignedDuration::from_hours(24 * 365);

/// Who owns a purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Owner {
    /// A user.
    User {
        /// User ID.
        id: UserId,
    },
    /// A user whose account was deleted. The purchase stays taken.
    Erased,
}

/// The claim of a store purchase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Store.
    pub store: Store,
    /// Hash of the store's ID of the purchase: [`purchase_hash`].
    pub purchase: String,
    /// Who owns it.
    pub owner: Owner,
    /// When it was moved to another account.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transfers: Vec<Timestamp>,
}

/// What happens if another account hands in a purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferPolicy {
    /// It is refused.
    #[default]
    Refuse,
    /// It moves to that account, and ends at the former owner.
    Restore,
}

/// What handing in a purchase did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// It is the user's now, and was nobody's.
    New(Claim),
    /// It was the user's before.
    Own(Claim),
    /// It is the user's now, and ends at the former owner.
    Moved {
        /// The claim.
        claim: Claim,
        /// Former owner, unless erased.
        from: Option<UserId>,
    },
    /// The store shares it with the family: it entitles, and is nobody's claim.
    Shared {
        /// The accounts that have it, this one included. Store them under [`purchase_hash`], apart from the claim.
        members: BTreeSet<UserId>,
    },
}

/// Why a purchase is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// Another account has it.
    #[error("the purchase belongs to another account: sign in with that account")]
    OwnedByAnother,
    /// Too many accounts have it.
    #[error("the purchase is shared with {MAX_FAMILY} accounts already")]
    FamilyIsFull,
    /// It was moved too often.
    #[error("the purchase was moved {MAX_TRANSFERS} times within a year: ask support")]
    MovedTooOften,
}

/// The hash under which a purchase is claimed. The store's own ID is not needed for it after that.
pub fn purchase_hash(store: Store, root: &str) -> String {
    let store = match store {
        Store::Apple => "apple",
        Store::Google => "google",
        Store::PayPal => "paypal",
    };
    derive_id(&["store purchase", store, root]).simple().to_string()
}

/// How a user has a purchase, by the word of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holding<'a> {
    /// The user bought it.
    Bought,
    /// The store shares it with the user's family. What is signed for one of them could be handed in by anyone, so accounts
    /// are counted.
    FamilyShared {
        /// The accounts that have it already.
        members: &'a BTreeSet<UserId>,
    },
}

/// Hands in a purchase.
pub fn claim(
    known: Option<&Claim>,
    (store, root): (Store, &str),
    user: UserId,
    holding: Holding<'_>,
    policy: TransferPolicy,
    now: Timestamp,
) -> Result<Claimed, ClaimError> {
    if let Holding::FamilyShared { members } = holding {
        let mut members = members.clone();
        members.insert(user);
        return if members.len() <= MAX_FAMILY {
            Ok(Claimed::Shared { members })
        } else {
            Err(ClaimError::FamilyIsFull)
        };
    }
    let owner = Owner::User { id: user };
    let Some(known) = known else {
        let purchase = purchase_hash(store, root);
        return Ok(Claimed::New(Claim { store, purchase, owner, transfers: Vec::new() }));
    };
    if known.owner == owner {
        return Ok(Claimed::Own(known.clone()));
    }
    match policy {
        TransferPolicy::Refuse => Err(ClaimError::OwnedByAnother),
        TransferPolicy::Restore => {
            let is_recent = |at: &&Timestamp| now.duration_since(**at) < TRANSFER_WINDOW;
            let mut transfers: Vec<Timestamp> = known.transfers.iter().filter(is_recent).copied().collect();
            if transfers.len() >= MAX_TRANSFERS {
                return Err(ClaimError::MovedTooOften);
            }
            transfers.push(now);
            let from = match known.owner {
                Owner::User { id } => Some(id),
                Owner::Erased => None,
            };
            Ok(Claimed::Moved { claim: Claim { owner, transfers, ..known.clone() }, from })
        }
    }
}

impl Claim {
    /// The claim once its owner's account is deleted.
    #[must_use]
    pub fn erased(&self) -> Self {
        Self { owner: Owner::Erased, ..self.clone() }
    }
}

/// The oldest of linked purchases: each purchase of Google names the one that it replaces. The claim is on the oldest.
pub fn root<'a>(links: &'a BTreeMap<String, String>, token: &'a str) -> &'a str {
    let mut seen = BTreeSet::from([token]);
    let mut root = token;
    // Links in a circle have no oldest.
    while let Some(older) = links.get(root).filter(|older| seen.insert(older.as_str())) {
        root = older;
    }
    root
}

/// The purchases that others replaced. They entitle to nothing, though Google still answers that they are valid.
pub fn replaced(links: &BTreeMap<String, String>) -> BTreeSet<&str> {
    links.iter().filter(|(newer, older)| newer != older).map(|(_, older)| older.as_str()).collect()
}

/// Whose a purchase of Google is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribution {
    /// A user's: by the claim of the purchase that it replaces, or by the account that the app gave to Google.
    User(UserId),
    /// It belongs to no account yet: it waits until a user submits it.
    Pending,
}

/// Finds whose a purchase is. `claimed` is the owner of the oldest linked purchase; `account` is the user whose hash the app
/// gave to the store with the purchase.
pub fn attribute(claimed: Option<Owner>, account: Option<UserId>) -> Attribution {
    match (claimed, account) {
        (Some(Owner::User { id }), _) | (None, Some(id)) => Attribution::User(id),
        (Some(Owner::Erased), _) | (None, None) => Attribution::Pending,
    }
}

/// What a trial is granted against: each of them had none yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialSubjects {
    /// User.
    pub user: UserId,
    /// Fingerprint of the card by the payment provider.
    pub card: Option<String>,
    /// Identity at a store.
    pub store: Option<(Store, String)>,
}

impl TrialSubjects {
    /// Hashes of the subjects. Each is stored once, in the transaction that starts the trial.
    pub fn keys(&self) -> Vec<String> {
        let key = |kind: &str, value: &str| derive_id(&["trial use", kind, value]).simple().to_string();
        let card = self.card.iter().map(|card| key("card", card));
        let store = self.store.iter().map(|(store, identity)| key("store", &purchase_hash(*store, identity)));
        [key("user", &self.user.to_string())].into_iter().chain(card).chain(store).collect()
    }

    /// True if none of them had a trial.
    pub fn may_try(&self, used: &BTreeSet<String>) -> bool {
        self.keys().iter().all(|key| !used.contains(key))
    }
}

/// A second paid subscription is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("you have a subscription already: end it {} first", where_to_end(*store))]
pub struct SecondSubscription {
    /// The one that is in force.
    pub subscription: SubscriptionId,
    /// The store that owns it. None: we do.
    pub store: Option<Store>,
}

fn where_to_end(store: Option<Store>) -> &'static str {
    store.map_or("in your account here", Store::manage_at)
}

/// Looks for a subscription that stands in the way of another one: any that has not ended.
pub fn may_start(
    others: &[Subscription],
    starting: Option<SubscriptionId>,
    now: Timestamp,
) -> Result<(), SecondSubscription> {
    let stands = |other: &&Subscription| Some(other.id) != starting && other.status(now) != Status::Ended;
    match others.iter().find(stands) {
        Some(other) => Err(SecondSubscription { subscription: other.id, store: other.store() }),
        None => Ok(()),
    }
}

/// A store's subscription after new word of it, or after the end of another one: one that would be in force beside another
/// entitles to nothing as long as that lasts, and an operator is told once. A store may have sold or renewed it all the same.
pub fn admitted(
    subscription: Subscription,
    others: &[Subscription],
    now: Timestamp,
) -> (Subscription, Option<Attention>) {
    let Mode::Mirrored(mut mirror) = subscription.mode else { return (subscription, None) };
    let was_held = std::mem::take(&mut mirror.is_held);
    let is_second = mirror.state(now).status != Status::Ended && may_start(others, Some(subscription.id), now).is_err();
    mirror.is_held = is_second;
    let attention = (is_second && !was_held).then_some(Attention::SecondSubscription { subscription: subscription.id });
    (Subscription { mode: Mode::Mirrored(mirror), ..subscription }, attention)
}

#[cfg(test)]
#[path = "ownership_tests.rs"]
mod tests;
