//! On `identity.user_deleted.v1`: deletes what this context holds on the user.
//!
//! What stays is a marker that says only that. It keeps late events from bringing the user back.

use contracts::Envelope;
use contracts::identity::UserDeleted;
use kit::sqs::{Done, Failure, Handled};
use kit::{Clock, ConfigError, Environment, sdk};
use serde_json::Value;

use crate::store::Store;

/// All that forgetting needs.
pub struct Records {
    store: Store,
    clock: Clock,
}

impl Records {
    /// Reads `TABLE_NAME`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (env.required::<String>("TABLE_NAME"),);
        let (table,) = env.all(values)?;
        Ok(Self::new(Store::new(sdk::table(&sdk::config().await, table)), Clock::System))
    }

    /// From its parts.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }
}

/// Handles one event. What is more than one call deletes is deleted when the event comes again.
pub async fn forget_user(ctx: &'static Records, event: Envelope<Value>) -> Handled {
    let user = event.decode::<UserDeleted>()?.data.user_id;
    let forgotten = ctx.store.forget(user, ctx.clock.now()).await?;
    if forgotten.more {
        return Err(Failure::Retry(format!("{} items were deleted, and there are more", forgotten.items)));
    }
    Ok(if forgotten.items > 0 { Done::Applied } else { Done::Duplicate })
}
