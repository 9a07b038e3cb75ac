//! On `billing.entitlement_changed.v1` and `identity.plan_changed.v1`: stores the plan that a user's quota follows. That of
//! billing counts above that of the account, until its end.

use contracts::Envelope;
use contracts::billing::EntitlementChanged;
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

/// Handles one event. Of several of one type the newest stands, in whatever order they arrive.
pub async fn keep_plans(ctx: &'static Plans, event: Envelope<Value>) -> Handled {
    let is_new = if event.is::<EntitlementChanged>() {
        ctx.store.keep_entitlement(&event.decode()?.data).await?
    } else {
        let event = event.decode::<PlanChanged>()?;
        ctx.store.keep_plan(event.data.user_id, &event.data.plan, event.occurred_at).await?
    };
    Ok(if is_new { Done::Applied } else { Done::Duplicate })
}
