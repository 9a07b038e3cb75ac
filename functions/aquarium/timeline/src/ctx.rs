//! What the functions of this context hold.

use kit::auth::Standings;
use kit::{ConfigError, Environment};

use crate::store::Store;

/// The context of endpoints.
pub type Ctx = kit::EndpointContext<Store>;

/// The context of consumers and scheduled functions.
pub type ConsumerContext = kit::ConsumerContext<Store>;

/// The context of endpoints that set timers.
pub type TimerEndpointContext = kit::TimerEndpointContext<Store>;

/// The context of consumers that set timers.
pub type TimerConsumerContext = kit::TimerConsumerContext<Store>;

/// The context of the sweep.
pub type SweepContext = kit::SweepContext<Store>;

/// The context of the calendar feed, which is read with a member's link and no token.
pub struct CalendarContext {
    /// What functions without a caller hold.
    pub consumer: ConsumerContext,
    /// The standing of members.
    pub standings: Standings,
}

impl CalendarContext {
    /// Reads what [`ConsumerContext`] and [`Standings`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let consumer = ConsumerContext::from_env(env).await?;
        let standings = (Standings::from_env(env),);
        let (standings,) = env.all(standings)?;
        Ok(Self { consumer, standings })
    }
}
