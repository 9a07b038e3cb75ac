//! What the functions of this context hold.

use kit::auth::{Authenticates, Verifier};
use kit::{Clock, ConfigError, Environment, sdk};

use crate::domain::offer::Offer;
use crate::model::{self, Model};
use crate::pictures::Pictures;
use crate::store::Store;

/// The context of endpoints.
pub type Ctx = kit::EndpointContext<Store>;

/// The context of consumers that call no model.
pub type ConsumerContext = kit::ConsumerContext<Store>;

/// The context of the endpoint that takes requests.
pub struct Requesting {
    /// The context's items.
    pub store: Store,
    /// What users can request.
    pub offer: Offer,
    /// The time.
    pub clock: Clock,
    verifier: Verifier,
}

impl Requesting {
    /// Reads what [`Ctx`] and [`model::offer_from_env`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let offer = model::offer_from_env(env);
        let ctx = Ctx::from_env(env).await;
        let (offer,) = env.all((offer,))?;
        Ok(Self::new(ctx?, offer))
    }

    /// From its parts.
    pub fn new(ctx: Ctx, offer: Offer) -> Self {
        let (store, clock, verifier) = ctx.into_parts();
        Self { store, offer, clock, verifier }
    }
}

impl Authenticates for Requesting {
    fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

/// The context of the consumer that has pictures looked at.
pub struct Identifying {
    /// The context's items.
    pub store: Store,
    /// The files of pictures.
    pub pictures: Pictures,
    /// The model.
    pub model: Box<dyn Model>,
    /// The time.
    pub clock: Clock,
}

impl Identifying {
    /// Reads what [`ConsumerContext`] and [`model::from_env`] read, and `BUCKET_NAME`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let bucket = env.required::<String>("BUCKET_NAME");
        let (consumer, model) = ConfigError::both(ConsumerContext::from_env(env).await, model::from_env(env).await)?;
        let (bucket,) = env.all((bucket,))?;
        Ok(Self::new(consumer, Pictures::new(&sdk::config(), bucket), model))
    }

    /// From its parts.
    pub fn new(consumer: ConsumerContext, pictures: Pictures, model: Box<dyn Model>) -> Self {
        let ConsumerContext { store, clock } = consumer;
        Self { store, pictures, model, clock }
    }
}
