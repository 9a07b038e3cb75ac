//! Decides the next step of a payment, whatever it is for.

use payment_providers::{PaymentMethod, PaymentStatus};

/// How a payment is driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan<'a> {
    /// The card to charge; none if the client does that at the provider.
    pub method: Option<&'a PaymentMethod>,
    /// True if the card may be charged now. Who only cleans up charges nobody: people do not wait for it any more.
    pub may_charge: bool,
    /// True if it has taken too long.
    pub give_up: bool,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Charge this card.
    Confirm(PaymentMethod),
    /// Wait for the provider, or for whose card it is.
    Wait,
    /// The money has come.
    Take,
    /// End it, so that nothing is charged later.
    Cancel {
        /// Why, in a word.
        reason: String,
    },
    /// It has ended: nothing was charged, and nothing can be.
    End,
}

/// Decides by the payment's status.
pub fn next(status: &PaymentStatus, plan: Plan<'_>) -> Next {
    let cancel = |reason: &str| Next::Cancel { reason: reason.to_owned() };
    match status {
        PaymentStatus::Succeeded => Next::Take,
        PaymentStatus::Canceled => Next::End,
        PaymentStatus::RequiresAction if plan.give_up => cancel("not_authenticated"),
        // What is under way cannot be ended, so this waits however long it takes.
        PaymentStatus::Processing | PaymentStatus::RequiresAction => Next::Wait,
        // A client may try another card, as long as the payment stands.
        PaymentStatus::Declined { .. } if plan.method.is_none() && !plan.give_up => Next::Wait,
        PaymentStatus::Declined { code } => cancel(code),
        PaymentStatus::Open => match plan.method {
            Some(method) if plan.may_charge && !plan.give_up => Next::Confirm(method.clone()),
            None if !plan.give_up => Next::Wait,
            Some(_) | None => cancel("abandoned"),
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn statuses() -> impl Strategy<Value = PaymentStatus> {
        prop_oneof![
            Just(PaymentStatus::Open),
            Just(PaymentStatus::Processing),
            Just(PaymentStatus::RequiresAction),
            Just(PaymentStatus::Succeeded),
            Just(PaymentStatus::Declined { code: "card_declined".to_owned() }),
            Just(PaymentStatus::Canceled),
        ]
    }

    proptest! {
        #[test]
        fn nothing_is_charged_that_may_not_be_and_nothing_waits_for_people_for_ever(
            status in statuses(), has_method: bool, may_charge: bool, give_up: bool,
        ) {
            let method = PaymentMethod::parse("pm_card_visa").unwrap();
            let plan = Plan { method: has_method.then_some(&method), may_charge, give_up };
            let next = next(&status, plan);
            if matches!(next, Next::Confirm(_)) {
                prop_assert!(may_charge && !give_up && has_method && status == PaymentStatus::Open);
            }
            if give_up && next == Next::Wait {
                prop_assert_eq!(&status, &PaymentStatus::Processing);
            }
            prop_assert_eq!(next == Next::Take, status == PaymentStatus::Succeeded);
            prop_assert_eq!(next == Next::End, status == PaymentStatus::Canceled);
            if matches!(next, Next::Cancel { .. }) {
                prop_assert!(!matches!(status, PaymentStatus::Processing | PaymentStatus::Succeeded));
            }
        }
    }

    #[test]
    fn a_refused_card_ends_its_payment_unless_the_client_may_try_another() {
        let (declined, method) = (PaymentStatus::Declined { code: "c".into() }, PaymentMethod::parse("pm_1").unwrap());
        let plan = Plan { method: Some(&method), may_charge: true, give_up: false };
        assert_eq!(next(&declined, plan), Next::Cancel { reason: "c".into() });
        assert_eq!(next(&declined, Plan { method: None, ..plan }), Next::Wait);
    }
}
