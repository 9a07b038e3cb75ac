//! Who can have money, and where it comes from and goes to.

use std::fmt;
use std::str::FromStr;

use contracts::wallet::Recipient;
use ledger::LedgerAccount;
use serde::{Deserialize, Serialize};
use types::{PointId, UserId};

/// A user or a point, with a balance and a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// A person.
    User(UserId),
    /// A point on the map; its keeper spends what it has.
    Point(PointId),
}

/// The system's own accounts. They have no balance item: what they owe is what all others have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum System {
    /// Rewards are issued from here.
    Issuance,
    /// Money that came in or went out through a payment provider.
    Provider,
    /// Money without an owner: of deleted users, of registrants after a takeover, and of points without a keeper.
    Unclaimed,
}

/// An account of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Account {
    /// What a holder may spend.
    Free(Holder),
    /// What a holder has and may not spend now. To hold money is to move it here, so that it is counted like all other money.
    Held(Holder),
    /// What a holder owes, as a negative balance. Later credits repay it first.
    Debt(Holder),
    /// The system's own.
    System(System),
}

/// This is not the text of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no account")]
pub struct NotAnAccount;

impl Account {
    /// A person's money.
    pub const fn user(id: UserId) -> Self {
        Self::Free(Holder::User(id))
    }

    /// A point's money.
    pub const fn point(id: PointId) -> Self {
        Self::Free(Holder::Point(id))
    }

    /// Whose it is, if it is anybody's but the system's.
    pub const fn holder(self) -> Option<Holder> {
        match self {
            Self::Free(holder) | Self::Held(holder) | Self::Debt(holder) => Some(holder),
            Self::System(_) => None,
        }
    }

    /// The person whose it is, if it is a person's.
    pub const fn person(self) -> Option<UserId> {
        match self.holder() {
            Some(Holder::User(id)) => Some(id),
            Some(Holder::Point(_)) | None => None,
        }
    }
}

impl LedgerAccount for Account {
    fn has_balance(self) -> bool {
        self.holder().is_some()
    }

    /// Many pay into a point at once; one person's money changes seldom.
    fn is_sharded(self) -> bool {
        matches!(self.holder(), Some(Holder::Point(_)))
    }

    fn is_held(self) -> bool {
        matches!(self, Self::Held(_))
    }

    /// Only users owe money: cards are charged by users.
    fn debt(self) -> Option<Self> {
        match self {
            Self::Free(holder @ Holder::User(_)) => Some(Self::Debt(holder)),
            _ => None,
        }
    }

    fn debtor(self) -> Option<Self> {
        match self {
            Self::Debt(holder) => Some(Self::Free(holder)),
            Self::Free(_) | Self::Held(_) | Self::System(_) => None,
        }
    }

    fn owner(self) -> Option<UserId> {
        self.person()
    }
}

impl From<Recipient> for Holder {
    fn from(recipient: Recipient) -> Self {
        match recipient {
            Recipient::User(id) => Self::User(id),
            Recipient::Point(id) => Self::Point(id),
        }
    }
}

impl System {
    const ALL: [Self; 3] = [Self::Issuance, Self::Provider, Self::Unclaimed];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Issuance => "issuance",
            Self::Provider => "provider",
            Self::Unclaimed => "unclaimed",
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Point(id) => write!(f, "point:{id}"),
        }
    }
}

impl FromStr for Holder {
    type Err = NotAnAccount;

    fn from_str(text: &str) -> Result<Self, NotAnAccount> {
        match text.split_once(':') {
            Some(("user", id)) => id.parse().map(Self::User).map_err(|_| NotAnAccount),
            Some(("point", id)) => id.parse().map(Self::Point).map_err(|_| NotAnAccount),
            _ => Err(NotAnAccount),
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Free(holder) => holder.fmt(f),
            Self::Held(holder) => write!(f, "held:{holder}"),
            Self::Debt(holder) => write!(f, "debt:{holder}"),
            Self::System(system) => f.write_str(system.as_str()),
        }
    }
}

impl FromStr for Account {
    type Err = NotAnAccount;

    fn from_str(text: &str) -> Result<Self, NotAnAccount> {
        if let Some(system) = System::ALL.into_iter().find(|system| system.as_str() == text) {
            return Ok(Self::System(system));
        }
        match text.split_once(':') {
            Some(("held", holder)) => holder.parse().map(Self::Held),
            Some(("debt", holder)) => holder.parse().map(Self::Debt),
            _ => text.parse().map(Self::Free),
        }
    }
}

impl TryFrom<String> for Account {
    type Error = NotAnAccount;

    fn try_from(text: String) -> Result<Self, NotAnAccount> {
        text.parse()
    }
}

impl From<Account> for String {
    fn from(account: Account) -> Self {
        account.to_string()
    }
}

#[cfg(test)]
mod tests {
    use types::Uuid;

    use super::*;

    #[test]
    fn accounts_survive_the_round_trip_and_nothing_else_is_one() {
        let holders = [Holder::User(UserId::new(Uuid::from_u128(1))), Holder::Point(PointId::new(Uuid::from_u128(2)))];
        let accounts =
            holders.into_iter().flat_map(|holder| [Account::Free, Account::Held, Account::Debt].map(|of| of(holder)));
        for account in accounts.chain(System::ALL.map(Account::System)) {
            assert_eq!(account.to_string().parse(), Ok(account));
        }
        for bad in ["", "user:", "user:x", "held:issuance", "held:", "shop:00000000-0000-0000-0000-000000000001"] {
            assert_eq!(bad.parse::<Account>(), Err(NotAnAccount), "{bad}");
        }
    }
}
