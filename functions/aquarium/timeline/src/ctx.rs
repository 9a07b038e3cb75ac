//! What the functions of this context hold.

use kit::auth::{Authenticates, Verifier};
use kit::timer::Timer;
use kit::{ConfigError, Environment};

use crate::store::Store;

/// The context of endpoints.
pub type Ctx = kit::EndpointContext<Store>;

/// The context of consumers and scheduled functions.
pub type ConsumerContext = kit::ConsumerContext<Store>;

/// The context of endpoints that set timers.
pub struct TimerEndpointContext {
    /// What every endpoint holds.
    pub ctx: Ctx,
    /// Sends a message when something is due.
    pub timer: Timer,
}

impl TimerEndpointContext {
    /// Reads what [`Ctx`] and [`Timer`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let (ctx, timer) = ConfigError::both(Ctx::from_env(env).await, Timer::from_env(env).await)?;
        Ok(Self { ctx, timer })
    }
}

impl Authenticates for TimerEndpointContext {
    fn verifier(&self) -> &Verifier {
        self.ctx.verifier()
    }
}

/// The context of consumers that set timers.
pub struct TimerConsumerContext {
    /// What every consumer holds.
    pub consumer: ConsumerContext,
    /// Sends a message when something is due.
    pub timer: Timer,
}

impl TimerConsumerContext {
    /// Reads what [`ConsumerContext`] and [`Timer`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let (consumer, timer) = ConfigError::both(ConsumerContext::from_env(env).await, Timer::from_env(env).await)?;
        Ok(Self { consumer, timer })
    }
}
