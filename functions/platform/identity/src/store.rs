//! How accounts lie in the table. The key table is in this context's README.

use dynamo::{Conflict, Context, Entity, Excerpt, Key, Outbox, Read, StoreError, Table, Versioned};
use jiff::{SignedDuration, Timestamp};
use kit::auth::AccountStanding;
use kit::limits::{Limit, NotAllowed, Subject};
use serde::{Deserialize, Serialize};
use types::{EmailAddress, UserId, Uuid};

use crate::domain::account::{Account, Status};
use crate::domain::attempts::{Failures, Source, Subjects};
use crate::domain::limits::{EMAIL_CODES_OF_SOURCE, REGISTRATIONS};
use crate::domain::password::HashingCost;
use crate::domain::sign_in_history::Attempts;
use crate::problem::Refusal;

mod api_keys;
mod claims;
mod email_changes;
mod email_codes;
mod exports;
mod own;
mod sign_ins;
mod standing;
mod users;

pub use claims::{ClaimError, Taken, TelegramClaim};
pub use email_codes::{AddressOwner, CodeState, CodeUse, NotEntered};
pub use exports::DataExport;
pub use own::{OwnAccount, Start};
pub use sign_ins::Writes;

/// The context's name in keys.
#[derive(Debug)]
pub struct Identity;

impl Context for Identity {
    const NAME: &'static str = "identity";
}

impl Entity for Account {
    type Context = Identity;

    fn key(&self) -> Key<Identity> {
        account_key(self.id)
    }

    fn excerpt(&self) -> Option<Excerpt> {
        Some(Excerpt::new(AccountStanding::ATTRIBUTE, &standing::of(self)))
    }
}

/// The sort key of an account among what is held on its user.
pub const ACCOUNT_SORT_KEY: &str = AccountStanding::SORT;

fn account_key(id: UserId) -> Key<Identity> {
    Key::new(AccountStanding::ENTITY, id, ACCOUNT_SORT_KEY)
}

/// Says whose an address is. One item per address: that is what makes addresses unique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailClaim {
    fingerprint: String,
    /// The account.
    pub user_id: UserId,
    /// When it was claimed.
    pub claimed_at: Timestamp,
    /// The account had the address before. Until then no other user may claim it, and no user signs in with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved_until: Option<Timestamp>,
}

impl EmailClaim {
    /// A claim of this address for an account.
    pub fn new(email: &EmailAddress, user_id: UserId, claimed_at: Timestamp) -> Self {
        Self { fingerprint: email.fingerprint(), user_id, claimed_at, reserved_until: None }
    }

    /// True for a reservation that is over: the address is free.
    fn has_ended(&self, now: Timestamp) -> bool {
        self.reserved_until.is_some_and(|until| until <= now)
    }

    /// The account that the address signs in to; none for one that is only reserved.
    pub fn owner(&self) -> Option<UserId> {
        self.reserved_until.is_none().then_some(self.user_id)
    }
}

impl Entity for EmailClaim {
    type Context = Identity;

    fn key(&self) -> Key<Identity> {
        claim_key(&self.fingerprint)
    }

    fn expires_at(&self) -> Option<i64> {
        self.reserved_until.map(Timestamp::as_second)
    }
}

fn claim_key(fingerprint: &str) -> Key<Identity> {
    Key::new("email", fingerprint, "claim")
}

/// An item without meaning, in place of one that would tell too much by its absence. It is swept after an hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Decoy {
    id: Uuid,
    written_at: Timestamp,
}

impl Entity for Decoy {
    type Context = Identity;

    fn key(&self) -> Key<Identity> {
        Key::new("decoy", self.id, "decoy")
    }

    fn expires_at(&self) -> Option<i64> {
        Some((self.written_at + SignedDuration::from_hours(1)).as_second())
    }
}

/// Accounts in the table.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Identity>,
    hashing_cost: HashingCost,
    registrations: Limit,
    sign_in_codes: Limit,
}

impl kit::OpenStore for Store {
    type Context = Identity;

    /// Reads `MAX_SIGN_IN_CODES_PER_SOURCE` if it is set.
    fn open(table: Table<Identity>, env: &mut kit::Environment) -> Self {
        let max = env.optional::<u32>("MAX_SIGN_IN_CODES_PER_SOURCE").unwrap_or(EMAIL_CODES_OF_SOURCE.max());
        Self { sign_in_codes: EMAIL_CODES_OF_SOURCE.with_max(max), ..Self::new(table) }
    }
}

impl Store {
    /// Accounts in this table.
    pub fn new(table: Table<Identity>) -> Self {
        Self {
            table,
            hashing_cost: HashingCost::PRODUCTION,
            registrations: REGISTRATIONS,
            sign_in_codes: EMAIL_CODES_OF_SOURCE,
        }
    }

    /// The same accounts, with another maximum of registrations per network address and day.
    #[must_use]
    pub fn with_max_registrations(self, max: u32) -> Self {
        Self { registrations: self.registrations.with_max(max), ..self }
    }

    /// The same accounts, whose new passwords are hashed at another cost.
    #[must_use]
    pub fn with_hashing_cost(self, hashing_cost: HashingCost) -> Self {
        Self { hashing_cost, ..self }
    }

    /// What hashing a new password costs.
    pub fn hashing_cost(&self) -> HashingCost {
        self.hashing_cost
    }

    /// Whose an address is.
    pub async fn owner_of(&self, email: &EmailAddress) -> Result<Option<UserId>, StoreError> {
        let claim = self.table.get::<EmailClaim>(claim_key(&email.fingerprint()), Read::Strong).await?;
        Ok(claim.and_then(|claim| claim.value.owner()))
    }

    /// Whose an address is, and how often signing in has failed: one round trip.
    pub async fn owner_and_failures(
        &self,
        email: &EmailAddress,
        subjects: &Subjects,
        now: Timestamp,
    ) -> Result<(Option<UserId>, Failures), StoreError> {
        let claim = claim_key(&email.fingerprint());
        let mut keys = vec![claim_key(&email.fingerprint())];
        keys.extend(subjects.limits().map(|(limit, subject)| limit.key(subject, now)));
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let owner = found.take::<EmailClaim>(claim)?.and_then(|claim| claim.value.owner());
        let mut used = |(limit, subject): (Limit, Subject<'_>)| limit.used::<Identity>(&mut found, subject, now);
        let [pair, source, account] = subjects.limits();
        Ok((owner, Failures { pair: used(pair)?, source: used(source)?, account: used(account)? }))
    }

    /// Counts a failed sign-in: three counters and the user's history at once.
    pub async fn count_failure(
        &self,
        subjects: &Subjects,
        attempt: Attempts,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let [pair, source, account] = subjects.limits().map(|(limit, subject)| limit.add(&self.table, subject, now));
        let attempt = self.count_attempt(attempt);
        let (pair, source, account, attempt) =
            futures::join!(Box::pin(pair), Box::pin(source), Box::pin(account), Box::pin(attempt));
        pair.and(source).and(account).and(attempt)
    }

    /// Counts a registration from a network address.
    pub async fn count_registration(&self, source: &Source, now: Timestamp) -> Result<(), NotAllowed> {
        self.registrations.count(&self.table, source.subject(), now).await.map(drop)
    }

    /// An account that was not deleted.
    pub async fn account(&self, id: UserId) -> Result<Option<Versioned<Account>>, StoreError> {
        let account: Option<Versioned<Account>> = self.table.get(account_key(id), Read::Strong).await?;
        Ok(account.filter(|account| account.value.status != Status::Deleted))
    }

    /// Writes an item without meaning: what a change of an account costs, where there is none to change.
    pub async fn write_decoy(&self, now: Timestamp) -> Result<(), StoreError> {
        match self.table.create(Decoy { id: types::new_uuid(), written_at: now }, &Outbox::none()).await {
            // An account has the same random id: then that one is the decoy.
            Ok(_) | Err(Conflict::Item(_)) => Ok(()),
            Err(Conflict::Store(error)) => Err(error),
        }
    }

    /// Replaces an account that is still as it was read; `None` if another change was faster.
    pub async fn replace(
        &self,
        read: &Versioned<Account>,
        account: Account,
        outbox: &Outbox,
    ) -> Result<Option<Versioned<Account>>, StoreError> {
        match self.table.replace(read, account, outbox).await {
            Ok(written) => Ok(Some(written)),
            Err(Conflict::Item(_)) => Ok(None),
            Err(Conflict::Store(error)) => Err(error),
        }
    }

    /// Changes an account: `decide` is asked again, with the newer state, each time that another writer was faster.
    ///
    /// It says what to write and which events to tell, and may refuse. One round trip without conflicts, since a
    /// failed condition brings the newer state with it.
    pub async fn change<T, E: From<StoreError> + From<Refusal>>(
        &self,
        read: impl Into<Start>,
        decide: impl Fn(&mut Account) -> Result<(T, Outbox), E>,
    ) -> Result<(Versioned<Account>, T), E> {
        self.change_if(read, |account| decide(account).map(|(answer, outbox)| (answer, Some(outbox)))).await
    }

    /// As [`Self::change`], where `decide` may find that there is nothing to write: then it gives no outbox.
    pub async fn change_if<T, E: From<StoreError> + From<Refusal>>(
        &self,
        read: impl Into<Start>,
        decide: impl Fn(&mut Account) -> Result<(T, Option<Outbox>), E>,
    ) -> Result<(Versioned<Account>, T), E> {
        self.change_versioned(read, |_, account| decide(account)).await
    }

    /// As [`Self::change_if`], for decisions that depend on the version too: `If-Match`.
    pub async fn change_versioned<T, E: From<StoreError> + From<Refusal>>(
        &self,
        read: impl Into<Start>,
        decide: impl Fn(u64, &mut Account) -> Result<(T, Option<Outbox>), E>,
    ) -> Result<(Versioned<Account>, T), E> {
        let start = read.into();
        let (check, gone, mut read) = (start.check(), start.gone, start.read);
        for attempt in 1..=MAX_ATTEMPTS {
            let mut account = read.value.clone();
            check(&account)?;
            let (answer, outbox) = decide(read.version, &mut account)?;
            let Some(outbox) = outbox else { return Ok((read, answer)) };
            match self.table.replace(&read, account, &outbox).await {
                Ok(written) => return Ok((written, answer)),
                Err(Conflict::Item(Some(newer))) => {
                    read = self.after_conflict(*newer, attempt).await?.ok_or(gone)?;
                }
                Err(Conflict::Item(None)) => return Err(StoreError::Refused("the account is gone".into()).into()),
                Err(Conflict::Store(error)) => return Err(error.into()),
            }
        }
        Err(StoreError::Contended { attempts: MAX_ATTEMPTS }.into())
    }

    /// The state to try again with; `None` if the account was deleted meanwhile. The first time it is the newer one, at once.
    /// Where that fails too many are at it: then after a pause it is read again, since what was new before the pause is old
    /// after it.
    async fn after_conflict(
        &self,
        newer: Versioned<Account>,
        attempt: u32,
    ) -> Result<Option<Versioned<Account>>, StoreError> {
        if newer.value.status == Status::Deleted {
            return Ok(None);
        }
        if attempt == 1 {
            return Ok(Some(newer));
        }
        // Pauses grow by four: a hundred who want the item now do not fit into a fraction of a second.
        tokio::time::sleep(dynamo::backoff(attempt * 2)).await;
        self.account(newer.value.id).await
    }
}

/// How often a change is tried against others: enough for a hundred logins of one account at once.
const MAX_ATTEMPTS: u32 = 200;
