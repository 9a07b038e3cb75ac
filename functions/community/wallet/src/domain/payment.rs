//! What a card payment is for: the reference under which the payment provider knows it.

use std::fmt;
use std::str::FromStr;

use types::{DepositId, DonationId, UserId, Uuid};

/// What a payment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Money for the payer's own wallet.
    Deposit(DepositId),
    /// Money for another user or a point.
    Donation(DonationId),
}

impl Purpose {
    /// The id of the deposit or donation.
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Deposit(id) => id.uuid(),
            Self::Donation(id) => id.uuid(),
        }
    }
}

/// What we call a payment at the provider, and find our own item by: `deposit:<user>:<id>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reference {
    /// Who pays.
    pub user: UserId,
    /// For what.
    pub purpose: Purpose,
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.purpose {
            Purpose::Deposit(id) => write!(f, "deposit:{}:{id}", self.user),
            Purpose::Donation(id) => write!(f, "donation:{}:{id}", self.user),
        }
    }
}

/// This is no reference of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotOurs;

impl FromStr for Reference {
    type Err = NotOurs;

    fn from_str(text: &str) -> Result<Self, NotOurs> {
        let mut parts = text.splitn(3, ':');
        let (Some(kind), Some(user), Some(id)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NotOurs);
        };
        let purpose = match kind {
            "deposit" => Purpose::Deposit(id.parse().map_err(|_| NotOurs)?),
            "donation" => Purpose::Donation(id.parse().map_err(|_| NotOurs)?),
            _ => return Err(NotOurs),
        };
        Ok(Self { user: user.parse().map_err(|_| NotOurs)?, purpose })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn references_are_read_as_they_were_written(user: u128, id: u128, deposit: bool) {
            let (user, id) = (Uuid::from_u128(user), Uuid::from_u128(id));
            let purpose =
                if deposit { Purpose::Deposit(DepositId::new(id)) } else { Purpose::Donation(DonationId::new(id)) };
            let reference = Reference { user: UserId::new(user), purpose };
            prop_assert_eq!(reference.to_string().parse(), Ok(reference));
        }

        #[test]
        fn any_other_text_is_no_reference(text in "\\PC{0,60}") {
            prop_assert_eq!(text.parse::<Reference>(), Err(NotOurs));
        }
    }
}
