//! What users hold, in responses.

use contracts::billing::EntitlementSource;
use dynamo::Versioned;
use jiff::Timestamp;
use kit::auth::{AccountStanding, Admin, Standing, StandingStatus};
use kit::http::Problem;
use serde::Serialize;
use types::{SubscriptionId, UserId};
use utoipa::ToSchema;

use crate::domain::catalogue::Catalogue;
use crate::domain::codes::PlanCode;
use crate::domain::holdings::Holdings;
use crate::domain::mirror::Store as PurchaseStore;
use crate::domain::subscription::{Entitlement, Status, Subscription};
use crate::problem::Refusal;
use crate::store::Store;

/// Plan of a user, and what it comes from.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BillingView {
    /// Code of the plan. Null for none from billing: the plan of the account counts.
    pub plan: Option<PlanCode>,
    /// Where the plan comes from.
    pub source: EntitlementSource,
    /// First instant at which plan or source are others. Null if they do not change by themselves.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub until: Option<Timestamp>,
    /// When to ask again, also if the plan stays: for example when a subscription is to be renewed. Null if nothing changes by
    /// itself.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub next_evaluation_at: Option<Timestamp>,
    /// Subscriptions, also those that ended.
    pub subscriptions: Vec<HeldSubscriptionView>,
}

impl BillingView {
    /// What a user holds at an instant.
    pub fn new(holdings: &Holdings, now: Timestamp) -> Self {
        let Entitlement { plan, until: next_evaluation_at, .. } = holdings.entitlement(now);
        let step = holdings.steps(now).into_iter().next();
        Self {
            plan,
            source: step.as_ref().map_or(EntitlementSource::None, |step| step.source),
            until: step.and_then(|step| step.until),
            next_evaluation_at,
            subscriptions: holdings.subscriptions().iter().map(|one| HeldSubscriptionView::new(one, now)).collect(),
        }
    }
}

/// Subscription that a user holds.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeldSubscriptionView {
    /// Subscription ID.
    pub id: SubscriptionId,
    /// Code of the plan that it entitles to now. Null for none.
    pub plan: Option<PlanCode>,
    /// State.
    pub status: Status,
    /// Store that owns it. Null if it is managed here.
    pub store: Option<PurchaseStore>,
    /// Time of its start.
    #[serde(serialize_with = "types::time::millis")]
    pub started_at: Timestamp,
    /// When its state changes by itself. Null if it does not.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub until: Option<Timestamp>,
}

impl HeldSubscriptionView {
    fn new(subscription: &Subscription, now: Timestamp) -> Self {
        let Entitlement { plan, until, .. } = subscription.entitlement(now);
        Self {
            id: subscription.id,
            plan,
            status: subscription.status(now),
            store: subscription.store(),
            started_at: subscription.started_at,
            until,
        }
    }
}

/// Plan that an admin granted.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanGrantView {
    /// Code of the plan.
    pub plan: PlanCode,
    /// First instant after it.
    #[serde(serialize_with = "types::time::millis")]
    pub until: Timestamp,
    /// Time of the grant.
    #[serde(serialize_with = "types::time::millis")]
    pub granted_at: Timestamp,
}

/// What a user holds, as admins see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserBillingView {
    /// User ID.
    pub user_id: UserId,
    /// Plan of the user, and what it comes from.
    pub billing: BillingView,
    /// The grant in force. Null without one.
    pub grant: Option<PlanGrantView>,
}

impl UserBillingView {
    /// What a user holds at an instant.
    pub fn new(holdings: &Holdings, now: Timestamp) -> Self {
        let grant = holdings.granted(now).map(|granted| PlanGrantView {
            plan: granted.grant.plan.clone(),
            until: granted.grant.until,
            granted_at: granted.at,
        });
        Self { user_id: holdings.user_id, billing: BillingView::new(holdings, now), grant }
    }
}

/// Reads what a user holds, and the catalogue; one round trip. Refuses users who do not exist.
pub async fn read_user(
    store: &Store,
    standing: &Standing<Admin>,
    user: UserId,
) -> Result<(Versioned<Catalogue>, Versioned<Holdings>), Problem> {
    let account = Box::pin(standing.of_account(user));
    let catalogue = Box::pin(store.catalogue(dynamo::Read::Strong));
    let (account, catalogue, holdings) = futures::join!(account, catalogue, Box::pin(store.holdings(user)));
    refuse_unknown(account?.as_ref())?;
    Ok((catalogue?, holdings?))
}

/// Reads what a user holds; one round trip. Refuses users who do not exist.
pub async fn read_holdings(
    store: &Store,
    standing: &Standing<Admin>,
    user: UserId,
) -> Result<Versioned<Holdings>, Problem> {
    let (account, holdings) = futures::join!(Box::pin(standing.of_account(user)), Box::pin(store.holdings(user)));
    refuse_unknown(account?.as_ref())?;
    Ok(holdings?)
}

fn refuse_unknown(account: Option<&AccountStanding>) -> Result<(), Refusal> {
    let is_known = account.is_some_and(|account| account.status != StandingStatus::Deleted);
    is_known.then_some(()).ok_or(Refusal::NoSuchUser)
}
