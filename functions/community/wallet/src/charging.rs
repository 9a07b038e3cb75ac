//! Drives a payment at the provider, step by step, until it is paid, has ended, or waits for another party.

use payment_providers::{Payment, PaymentError, PaymentProvider, PaymentStatus, ProviderPaymentId};
use types::Money;

use crate::domain::charging::{Next, Plan, next};
use crate::domain::payment::Reference;

/// How often the provider may answer that a payment is in another state than was thought.
const MAX_TURNS: u32 = 5;

/// What became of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Charged {
    /// The money has come.
    Paid(Payment),
    /// The provider, or whose card it is, must be waited for.
    Waiting(Payment),
    /// Nothing was charged, and nothing can be.
    Ended {
        /// Why, in a word.
        reason: String,
    },
}

/// Does what is to be done about a payment.
pub async fn drive(
    provider: &dyn PaymentProvider,
    reference: &Reference,
    mut payment: Payment,
    plan: Plan<'_>,
) -> Result<Charged, PaymentError> {
    // Once this is decided nothing is charged any more, whatever the provider says meanwhile.
    let mut ending: Option<String> = None;
    for _ in 0..MAX_TURNS {
        let plan = Plan { give_up: plan.give_up || ending.is_some(), ..plan };
        payment = match next(&payment.status, plan) {
            Next::Take => return Ok(Charged::Paid(payment)),
            Next::Wait => return Ok(Charged::Waiting(payment)),
            Next::End => return Ok(Charged::Ended { reason: ending.unwrap_or_else(|| "canceled".to_owned()) }),
            Next::Confirm(method) => match provider.confirm(&reference.to_string(), &payment.id, &method).await {
                Ok(confirmed) => confirmed,
                // Another try was faster, or the card does not exist.
                Err(PaymentError::State { .. }) => provider.find(&payment.id).await?,
                Err(PaymentError::Refused { status: 400 | 404, code }) => {
                    ending = Some(code);
                    payment
                }
                Err(error) => return Err(error),
            },
            Next::Cancel { reason } => match provider.cancel(&payment.id).await {
                Ok(_) => return Ok(Charged::Ended { reason: ending.unwrap_or(reason) }),
                Err(PaymentError::State { .. }) => {
                    ending.get_or_insert(reason);
                    provider.find(&payment.id).await?
                }
                Err(error) => return Err(error),
            },
        };
    }
    Ok(Charged::Waiting(payment))
}

/// The payment that a thing of ours has at the provider, as it stands now; a new one if it has none yet.
pub async fn payment_of(
    provider: &dyn PaymentProvider,
    reference: &Reference,
    known: Option<&ProviderPaymentId>,
    money: &Money,
) -> Result<Payment, PaymentError> {
    match known {
        Some(id) => provider.find(id).await,
        None => provider.create(&reference.to_string(), money).await,
    }
}

/// A word for what is waited for.
pub fn waits_for(payment: &Payment) -> &'static str {
    match payment.status {
        PaymentStatus::RequiresAction => "requires_action",
        PaymentStatus::Open | PaymentStatus::Declined { .. } => "requires_payment",
        PaymentStatus::Processing | PaymentStatus::Succeeded | PaymentStatus::Canceled => "processing",
    }
}
