//! The providers of payments for orders with the current keys.
//!
//! | environment | parameters of the pack's template | what |
//! |---|---|---|
//! | `TABLE_NAME` | `TableName` | names the deployment |
//! | `STRIPE_URL`, `STRIPE_SECRET_NAME` | `PaymentUrl`, `PaymentSecretName` | Stripe's API, and the parameter with the secret key; without it Stripe is off |
//! | `STRIPE_WEBHOOK_SECRET_NAME` | `CommerceWebhookSecretName` | the parameter with the signing secret of the webhook endpoint of orders |
//! | `PAYPAL_URL`, `PAYPAL_SECRET_NAME` | `PaypalUrl`, `PaypalSecretName` | PayPal's API, and the parameter with [`Credentials`] as JSON; without it PayPal is off |

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kit::outbound::{Limits, Outbound};
use kit::{Clock, ConfigError, Environment, Parameters, sdk};

use crate::fresh::Fresh;
use crate::{Credentials, OrderPayments, OrderWebhooks, PayPal, Stripe, Webhooks};

/// The providers. One that has no key is off.
pub struct OrderProviders {
    stripe: Fresh<Arc<dyn OrderPayments>>,
    paypal: Fresh<Arc<dyn OrderPayments>>,
}

impl OrderProviders {
    /// Providers that stay as they are; none is off.
    pub fn fixed(stripe: Option<Arc<dyn OrderPayments>>, paypal: Option<Arc<dyn OrderPayments>>) -> Self {
        Self {
            stripe: stripe.map_or_else(Fresh::none, Fresh::fixed),
            paypal: paypal.map_or_else(Fresh::none, Fresh::fixed),
        }
    }

    /// Reads the environment and loads the secrets. A call may take so long.
    pub async fn from_env(env: &mut Environment, call: Duration) -> Result<Self, ConfigError> {
        let outbound = Outbound::new(Limits::within(call)).map_err(ConfigError::because)?;
        Ok(Self {
            stripe: stripe(env, outbound.clone()).await?,
            paypal: load_paypal(env, outbound, |paypal| paypal as _).await?,
        })
    }

    /// Stripe; none if it is off.
    pub async fn stripe(&self, now: Timestamp) -> Option<Arc<dyn OrderPayments>> {
        self.stripe.get(now).await
    }

    /// PayPal; none if it is off.
    pub async fn paypal(&self, now: Timestamp) -> Option<Arc<dyn OrderPayments>> {
        self.paypal.get(now).await
    }
}

/// The readers of the providers' webhooks for orders. One that has no secret is off.
pub struct OrderInboxes {
    stripe: Fresh<Arc<dyn OrderWebhooks>>,
    paypal: Fresh<Arc<dyn OrderWebhooks>>,
}

impl OrderInboxes {
    /// Readers that stay as they are; none is off.
    pub fn fixed(stripe: Option<Arc<dyn OrderWebhooks>>, paypal: Option<Arc<dyn OrderWebhooks>>) -> Self {
        Self {
            stripe: stripe.map_or_else(Fresh::none, Fresh::fixed),
            paypal: paypal.map_or_else(Fresh::none, Fresh::fixed),
        }
    }

    /// Reads the environment and loads the secrets. A call may take so long: PayPal's signatures are verified by PayPal.
    pub async fn from_env(env: &mut Environment, call: Duration) -> Result<Self, ConfigError> {
        let outbound = Outbound::new(Limits::within(call)).map_err(ConfigError::because)?;
        Ok(Self { stripe: stripe_inbox(env).await?, paypal: load_paypal(env, outbound, |paypal| paypal as _).await? })
    }

    /// Stripe's; none if it is off.
    pub async fn stripe(&self, now: Timestamp) -> Option<Arc<dyn OrderWebhooks>> {
        self.stripe.get(now).await
    }

    /// PayPal's; none if it is off.
    pub async fn paypal(&self, now: Timestamp) -> Option<Arc<dyn OrderWebhooks>> {
        self.paypal.get(now).await
    }
}

async fn load<T: Clone>(
    name: String,
    make: impl Fn(String) -> T + Send + Sync + 'static,
) -> Result<Fresh<T>, ConfigError> {
    let parameters = Parameters::new(&sdk::config());
    Fresh::load(parameters, name, Clock::System.now(), make).await.map_err(ConfigError::because)
}

async fn stripe(env: &mut Environment, outbound: Outbound) -> Result<Fresh<Arc<dyn OrderPayments>>, ConfigError> {
    let Some(name) = env.optional::<String>("STRIPE_SECRET_NAME") else { return Ok(Fresh::none()) };
    let values = (env.required::<String>("STRIPE_URL"), env.required::<String>("TABLE_NAME"));
    let (url, deployment) = env.all(values)?;
    load(name, move |key| Arc::new(Stripe::new(outbound.clone(), &url, &deployment, key)) as Arc<dyn OrderPayments>)
        .await
}

async fn stripe_inbox(env: &mut Environment) -> Result<Fresh<Arc<dyn OrderWebhooks>>, ConfigError> {
    let Some(name) = env.optional::<String>("STRIPE_WEBHOOK_SECRET_NAME") else { return Ok(Fresh::none()) };
    let table = env.required::<String>("TABLE_NAME");
    let (deployment,) = env.all((table,))?;
    load(name, move |secret| Arc::new(Webhooks::new(&deployment, secret)) as Arc<dyn OrderWebhooks>).await
}

async fn load_paypal<T: Clone>(
    env: &mut Environment,
    outbound: Outbound,
    wrap: impl Fn(Arc<PayPal>) -> T + Send + Sync + 'static,
) -> Result<Fresh<T>, ConfigError> {
    let Some(name) = env.optional::<String>("PAYPAL_SECRET_NAME") else { return Ok(Fresh::none()) };
    let values = (env.required::<String>("PAYPAL_URL"), env.required::<String>("TABLE_NAME"));
    let (url, deployment) = env.all(values)?;
    let make = move |text: String| {
        let credentials = Credentials::parse(&text).unwrap_or_else(|error| {
            // The calls fail with 401 until the parameter is put right, and other providers work.
            tracing::error!(%error, "the parameter with the credentials of PayPal cannot be read");
            Credentials::default()
        });
        wrap(Arc::new(PayPal::new(outbound.clone(), &url, &deployment, credentials, Clock::System)))
    };
    load(name, make).await
}
