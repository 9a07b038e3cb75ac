//! On `identity.user_deleted.v1`: deletes what this context holds on the user.
//!
//! A late event may make a delivery for them again. That holds an id which leads to nobody, and neither address nor name.

use contracts::Envelope;
use contracts::identity::UserDeleted;
use kit::sqs::{Done, Failure, Handled};
use kit::{ConfigError, Environment, sdk};
use serde_json::Value;

use crate::store::Store;

/// All that forgetting needs.
pub struct Records {
    store: Store,
}

impl Records {
    /// Reads `TABLE_NAME`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (env.required::<String>("TABLE_NAME"),);
        let (table,) = env.all(values)?;
        Ok(Self::new(Store::new(sdk::table(&sdk::config().await, table))))
    }

    /// From its parts.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

/// Handles one event. What is more than one call deletes is deleted when the event comes again.
pub async fn forget_user(ctx: &'static Records, event: Envelope<Value>) -> Handled {
    let user = event.decode::<UserDeleted>()?.data.user_id;
    let forgotten = ctx.store.forget(user).await?;
    if forgotten.more {
        return Err(Failure::Retry(format!("{} items were deleted, and there are more", forgotten.items)));
    }
    Ok(if forgotten.items > 0 { Done::Applied } else { Done::Duplicate })
}
