//! What the functions of this context hold.

use kit::{ConfigError, Environment};
use types::{AquariumId, UserId};

use crate::combine::Combiner;
use crate::domain::news::{News, UserNews};
use crate::store::Store;

/// The context of endpoints.
pub type Ctx = kit::EndpointContext<Store>;

/// The context of consumers without batches.
pub type ConsumerContext = kit::ConsumerContext<Store>;

/// The context of the consumer that builds homes.
#[derive(Debug)]
pub struct Builder {
    /// The context's items.
    pub store: Store,
    /// Joins messages of a batch about the same aquarium.
    pub aquariums: Combiner<AquariumId, News>,
    /// Joins messages of a batch about the same user.
    pub users: Combiner<UserId, UserNews>,
}

impl Builder {
    /// Reads what [`ConsumerContext`] reads.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        Ok(Self::new(ConsumerContext::from_env(env).await?.store))
    }

    /// From its parts.
    pub const fn new(store: Store) -> Self {
        Self { store, aquariums: Combiner::new(), users: Combiner::new() }
    }
}
