//! On `identity.plan_changed.v1`: notes the plan that a user's quota goes by.

use contracts::Envelope;
use contracts::identity::PlanChanged;
use kit::sqs::{Done, Handled};
use kit::{ConfigError, Environment, sdk};
use serde_json::Value;

use crate::store::Store;

/// All that noting plans needs.
pub struct Plans {
    store: Store,
}

impl Plans {
    /// Reads `TABLE_NAME`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let (table,) = (env.required::<String>("TABLE_NAME"),);
        let (table,) = env.all((table,))?;
        Ok(Self::new(Store::new(sdk::table(&sdk::config(), table))))
    }

    /// From its parts.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

/// Handles one event. Of several the one that became true last stands, in whatever order they come.
pub async fn keep_plans(ctx: &'static Plans, event: Envelope<Value>) -> Handled {
    let event = event.decode::<PlanChanged>()?;
    let fresh = ctx.store.keep_plan(event.data.user_id, &event.data.plan, event.occurred_at).await?;
    Ok(if fresh { Done::Applied } else { Done::Duplicate })
}
