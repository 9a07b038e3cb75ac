//! What the functions of this context hold.

mod reporting;

pub use reporting::{Reporting, Running};

use kit::{Clock, ConfigError, Environment, Parameters, sdk};

use crate::domain::distinct::DistinctKey;
use crate::store::Store;

/// The context of endpoints.
pub type Ctx = kit::EndpointContext<Store>;

/// The context of consumers and scheduled functions.
pub type ConsumerContext = kit::ConsumerContext<Store>;

/// The context of the consumer that counts.
pub struct CountingContext {
    /// Items of this context.
    pub store: Store,
    /// Time.
    pub clock: Clock,
    /// The key of distinct users.
    pub key: DistinctKey,
}

impl CountingContext {
    /// Reads what [`ConsumerContext`] reads, and `DISTINCT_KEY_NAME`, whose value it loads before the first event.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let name = (env.required::<String>("DISTINCT_KEY_NAME"),);
        let base = ConsumerContext::from_env(env).await;
        let (name,) = env.all(name)?;
        let ConsumerContext { store, clock } = base?;
        let text = Parameters::new(&sdk::config()).get(&name).await.map_err(ConfigError::because)?;
        let key = DistinctKey::from_base64(&text).map_err(ConfigError::because)?;
        Ok(Self::new(store, clock, key))
    }

    /// A context made of its parts.
    pub fn new(store: Store, clock: Clock, key: DistinctKey) -> Self {
        Self { store, clock, key }
    }
}
