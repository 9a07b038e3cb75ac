//! What functions of card payments hold, beside [`crate::saga::Saga`].

use kit::auth::{Authenticates, Verifier};
use kit::http::{Fields, Problem};
use kit::{Clock, ConfigError, Environment};

use crate::ctx::{ConsumerContext, Ctx};
use crate::deposits::NotAdvanced;
use crate::problem::Refusal;
use crate::store::Store;
use payment_providers::{CALL_IN_ENDPOINT, PaymentError, Payments, WebhookInbox};

/// For endpoints that ask the provider.
pub struct Cards {
    /// What other endpoints hold.
    pub base: Ctx,
    /// The provider.
    pub payments: Payments,
}

impl Cards {
    /// Reads what [`Ctx`] and [`Payments`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let payments = Payments::from_env(env, CALL_IN_ENDPOINT).await;
        let (base, payments) = ConfigError::both(Ctx::from_env(env).await, payments)?;
        Ok(Self::new(base, payments))
    }

    /// From its parts.
    pub fn new(base: Ctx, payments: Payments) -> Self {
        Self { base, payments }
    }
}

impl Authenticates for Cards {
    fn verifier(&self) -> &Verifier {
        self.base.verifier()
    }
}

/// For the endpoint that the provider calls. It calls the provider back only to cancel a payment.
pub struct Notices {
    /// Deposits and the ledger.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// The reader of webhooks.
    pub inbox: WebhookInbox,
    /// The provider.
    pub payments: Payments,
}

impl Notices {
    /// Reads `TABLE_NAME`, and what [`WebhookInbox`] and [`Payments`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let provider =
            ConfigError::both(WebhookInbox::from_env(env).await, Payments::from_env(env, CALL_IN_ENDPOINT).await);
        let (ConsumerContext { store, clock }, (inbox, payments)) =
            ConfigError::both(ConsumerContext::from_env(env).await, provider)?;
        Ok(Self::new(store, clock, inbox, payments))
    }

    /// From its parts.
    pub fn new(store: Store, clock: Clock, inbox: WebhookInbox, payments: Payments) -> Self {
        Self { store, clock, inbox, payments }
    }
}

impl From<NotAdvanced> for Problem {
    fn from(error: NotAdvanced) -> Self {
        match error {
            NotAdvanced::Provider(PaymentError::Unavailable(outbound) | PaymentError::Unknown(outbound))
            | NotAdvanced::Charging(PaymentError::Unavailable(outbound) | PaymentError::Unknown(outbound)) => {
                outbound.problem("wallet.payment_provider_unavailable")
            }
            NotAdvanced::Provider(PaymentError::Refused { code, .. }) if code.starts_with(AMOUNT_REFUSED) => {
                amount_refused()
            }
            NotAdvanced::Forgotten => Refusal::NoSuchUser.into(),
            NotAdvanced::Store(error) => error.into(),
            NotAdvanced::Provider(_) | NotAdvanced::Charging(_) | NotAdvanced::Amount(_) | NotAdvanced::Outbox(_) => {
                Self::internal(error)
            }
        }
    }
}

/// The provider's codes for an amount outside of its own bounds, which depend on the currency and on exchange rates.
const AMOUNT_REFUSED: &str = "amount_too_";

fn amount_refused() -> Problem {
    let mut fields = Fields::new();
    let rule = "the payment provider charges no such amount in this currency; send a larger or a smaller one";
    fields.refuse("money.amountMinor", rule);
    fields.all((Some(()),)).err().unwrap_or_else(|| Problem::internal(rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_that_the_provider_refuses_is_the_callers_mistake() {
        let refused = |code: &str| {
            let error = PaymentError::Refused { status: 400, code: code.to_owned() };
            Problem::from(NotAdvanced::Provider(error))
        };
        for code in ["amount_too_small", "amount_too_large"] {
            let problem = refused(code);
            assert_eq!((problem.status().as_u16(), problem.code()), (422, "request.invalid"), "{code}");
        }
        assert_eq!(refused("parameter_unknown").status().as_u16(), 500);
    }
}
