//! On `billing.entitlement_changed.v1` and `identity.plan_changed.v1`: stores the plan that limits a user's number of
//! aquariums, and applies its retention of samples to the aquariums that the user owns. The plan of billing counts above that
//! of the account, until its end.
//! On `aquariums.aquarium_created.v1`: applies the retention of the owner's plan to the new aquarium.
//! On `identity.user_suspended.v1` and `identity.user_restored.v1`: refuses the device keys of the user, or accepts them again.
//!
//! The retention lies in the access of an aquarium, which each batch of samples reads. It applies to what is stored from then on.

use contracts::Envelope;
use contracts::aquariums::AquariumCreated;
use contracts::billing::EntitlementChanged;
use contracts::identity::{PlanChanged, UserRestored, UserSuspended};
use dynamo::ConflictRetry;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;
use types::{AquariumId, UserId};

use super::standing::keep_standing;
use crate::ctx::ConsumerContext;
use crate::domain::quota::{Retention, Standing};

/// Aquariums that one call reads. The largest plan allows fewer, so one page has all as a rule.
const PAGE_AQUARIUMS: u32 = 100;

/// Handles one event. The latest plan and the latest standing count in whatever order events arrive.
pub async fn keep_plans(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    if event.is::<AquariumCreated>() {
        let AquariumCreated { aquarium_id, owner_id, .. } = event.decode()?.data;
        let changed = apply(ctx, owner_id, Some(aquarium_id)).await?;
        return Ok(if changed > 0 { Done::Applied } else { Done::Duplicate });
    }
    if event.is::<UserSuspended>() {
        let event = event.decode::<UserSuspended>()?;
        return keep_standing(ctx, event.data.user_id, Standing { suspended: true, since: event.occurred_at }).await;
    }
    if event.is::<UserRestored>() {
        let event = event.decode::<UserRestored>()?;
        return keep_standing(ctx, event.data.user_id, Standing { suspended: false, since: event.occurred_at }).await;
    }
    let (user, is_new) = if event.is::<EntitlementChanged>() {
        let event = event.decode::<EntitlementChanged>()?;
        (event.data.user_id, ctx.store.keep_entitlement(&event.data).await?)
    } else {
        let event = event.decode::<PlanChanged>()?;
        let user = event.data.user_id;
        (user, ctx.store.keep_plan(user, &event.data.plan, event.occurred_at).await?)
    };
    // Also for a plan that is known: an attempt may have ended in between.
    let changed = apply(ctx, user, None).await?;
    Ok(if is_new || changed > 0 { Done::Applied } else { Done::Duplicate })
}

/// Applies the retention of a user's plan to one aquarium or to all that the user owns, and returns how many have changed. The plan
/// is read again afterwards: of two consumers that apply different plans at the same time, the one that ends last applies the latest.
async fn apply(ctx: &ConsumerContext, user: UserId, aquarium: Option<AquariumId>) -> Result<usize, Failure> {
    let (mut changed, mut retry) = (0, ConflictRetry::default());
    let mut retention = ctx.store.quota(user).await?.retention();
    loop {
        changed += match aquarium {
            Some(id) => usize::from(ctx.store.keep_retention(id, &retention).await?),
            None => apply_to_all(ctx, user, &retention).await?,
        };
        let newer = ctx.store.quota(user).await?.retention();
        if newer == retention {
            return Ok(changed);
        }
        retention = newer;
        retry.pause().await?;
    }
}

/// The plan bounds the number of aquariums, and with it the number of pages.
async fn apply_to_all(ctx: &ConsumerContext, user: UserId, retention: &Retention) -> Result<usize, Failure> {
    let (mut changed, mut after) = (0, None);
    loop {
        let page = ctx.store.owned(user, PAGE_AQUARIUMS, after).await?;
        for read in &page.items {
            changed += usize::from(ctx.store.keep_retention(read.value.id, retention).await?);
        }
        after = page.next;
        if after.is_none() {
            return Ok(changed);
        }
    }
}
